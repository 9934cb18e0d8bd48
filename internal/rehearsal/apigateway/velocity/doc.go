// Package velocity runs the mapping templates of API Gateway, as far as a mock integration needs them.
//
// [Parse] compiles a template and refuses what it does not know, so that nothing is silently rendered as text.
// [Template.Execute] renders it over variables, which are nested maps, and lets it change what is in them.
//
// # What is known
//
// The directives #set, #if, #elseif, #else and #end, and comments from ## to the end of the line. References such as $name,
// $!name, ${name}, $a.b.c, $a.b("x") and $a.get("x"). In conditions: strings, whole numbers, true, false, ==, !=, &&, ||, !
// and parentheses. A line with nothing but a directive leaves no empty line.
//
// # What is not
//
// Loops, macros, arithmetic, lists, references inside strings, and $util. See "Variables for data transformations for API
// Gateway" in the API Gateway Developer Guide, and the Velocity Engine's VTL Reference.
package velocity
