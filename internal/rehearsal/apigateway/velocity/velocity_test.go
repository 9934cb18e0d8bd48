package velocity

import (
	"errors"
	"strings"
	"testing"
)

func variables() Variables {
	return Variables{
		"name": "Ann", "empty": "", "no": false, "five": 5,
		"input": Variables{
			"body":   "text",
			"params": Function(params),
		},
		"fail": Variables{"now": Function(func([]any) (any, error) { return nil, errors.New("as asked") })},
	}
}

func params(arguments []any) (any, error) {
	if len(arguments) == 1 {
		return "param " + arguments[0].(string), nil
	}
	return Variables{"header": Variables{"Origin": "https://b.example"}}, nil
}

func TestExecute(t *testing.T) {
	for name, test := range map[string]struct{ template, want string }{
		"text":                    {"a # b $ c $5 #", "a # b $ c $5 #"},
		"a reference":             {"$name, ${name}s $!name. $name.", "Ann, Anns Ann. Ann."},
		"a missing reference":     {"$nobody $!nobody $name.first ${a.b}", "$nobody  $name.first ${a.b}"},
		"a path":                  {"$input.body.", "text."},
		"a call":                  {`$input.params("x") $input.params( 'y' )`, "param x param y"},
		"a map's get":             {`$input.params().header.get("Origin")`, "https://b.example"},
		"a missing key":           {`<$input.params().header.get("origin")>`, "<>"},
		"set":                     {"#set($a = 'x')\n  #set($b = $a) \ny$a$b", "  yxx"},
		"set a null":              {"#set($name = $nobody)$name", "Ann"},
		"set inside":              {"#set($c.d.E-f = 7)$c.d.E-f", "7"},
		"if":                      {"#if($name)yes#end", "yes"},
		"if not":                  {"#if($no || $nobody)yes#end no", " no"},
		"else":                    {"#if(false)a#elseif($five == 5)b#else c#end", "b"},
		"else at last":            {"#if(false)\na\n#else\nb\n#end\nc", "b\nc"},
		"nested":                  {"#if(true)#if(false)a#else b#end c#end", " b c"},
		"comparisons":             {`#if($name == "Ann" && $name != 'Bob' && !($five == 6) && $five == "5")yes#end`, "yes"},
		"an empty text is true":   {`#if($empty)a#end#if($empty == "")b#end`, "ab"},
		"null equals null only":   {`#if($x == $y)a#end#if($x == "")b#end#if($x != "")c#end`, "ac"},
		"maps are not compared":   {"#if($input == $input)a#end", ""},
		"what need not be looked": {"#if(true || $fail.now())a#end#if(false && $fail.now())b#end", "a"},
		"a comment":               {"a ## $util.b\nc## d", "a c"},
	} {
		t.Run(name, func(t *testing.T) {
			template, err := Parse(test.template)
			if err != nil {
				t.Fatal(err)
			}
			got, err := template.Execute(variables())
			if got != test.want || err != nil {
				t.Errorf("got %q, %v; want %q", got, err, test.want)
			}
		})
	}
}

// TestExecuteOverridesAHeader runs the template that CDK writes for several origins.
func TestExecuteOverridesAHeader(t *testing.T) {
	template, err := Parse(`#set($origin = $input.params().header.get("Origin"))
#if($origin == "")
  #set($origin = $input.params().header.get("origin"))
#end
#if($origin == "https://b.example")
  #set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)
#end`)
	if err != nil {
		t.Fatal(err)
	}
	v := variables()
	out, err := template.Execute(v)
	if strings.TrimSpace(out) != "" || err != nil {
		t.Errorf("got %q, %v", out, err)
	}
	override := v["context"].(Variables)["responseOverride"].(Variables)["header"].(Variables)
	if got := override["Access-Control-Allow-Origin"]; got != "https://b.example" {
		t.Errorf("got %v", got)
	}
}

func TestParseFails(t *testing.T) {
	deep := strings.Repeat("#if(true)", 200)
	for name, test := range map[string]struct{ template, want string }{
		"fails on a directive":        {"a\n#foreach($x in $y)", "line 2: the directive #foreach is not known"},
		"fails on $util":              {"$util.escapeJavaScript('x')", "$util is not known"},
		"fails on an open if":         {"#if(true)a", "#if has no #end"},
		"fails on an open else":       {"#if(true)a#else b", "#else has no #end"},
		"fails on a lone end":         {"a#end", "#end has no #if"},
		"fails on else twice":         {"#if(true)#else#else#end", "#else follows #else"},
		"fails on a condition":        {"#if true", `expected "("`},
		"fails on no condition":       {"#if()#end", "expected a value"},
		"fails on an open condition":  {"#if(true #end", `expected ")"`},
		"fails on an open string":     {"#if('a)#end", "has no end"},
		"fails on a reference inside": {`#set($a = "$b")`, "references and escapes"},
		"fails on an open brace":      {"${name", "${name has no }"},
		"fails on a bare dollar":      {"#if($)#end", "expected a reference"},
		"fails on set to a text":      {"#set('a' = 1)", "#set needs a reference"},
		"fails on set to a call":      {"#set($a.b() = 1)", "cannot assign to the call $a.b()"},
		"fails on set to nothing":     {"#set($a 1)", `expected "="`},
		"fails on set of nothing":     {"#set($a = )", "expected a value"},
		"fails on arguments":          {"$a.b('c' 'd')", `expected ","`},
		"fails on an argument":        {"$a.b(+)", "expected a value"},
		"fails on a huge number":      {"#if(99999999999999999999)#end", "out of range"},
		"fails on a deep template":    {deep, "nest deeper"},
		"fails on a deep expression":  {"#if(" + strings.Repeat("!", 200) + "true)#end", "nest deeper"},
		"fails on a word":             {"#if(maybe)#end", `expected a value, got "maybe)#end"`},
		"fails inside an else":        {"#if(true)#else#x#end", "#x is not known"},
		"fails on a bad comparison":   {"#if($a == )#end", "expected a value"},
		"fails in parentheses":        {"#if((é)#end", "expected a value"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse(test.template)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestExecuteFails(t *testing.T) {
	for name, test := range map[string]struct{ template, want string }{
		"fails on a failing call":       {"$fail.now()", "$fail.now(): as asked"},
		"fails on a failing condition":  {"#if(!$fail.now())#end", "as asked"},
		"fails on a failing comparison": {"#if($fail.now() == 1)#end", "as asked"},
		"fails on the other side":       {"#if(1 == $fail.now())#end", "as asked"},
		"fails on a failing value":      {"#set($a = $fail.now())", "as asked"},
		"fails on a failing argument":   {"$input.params($fail.now())", "as asked"},
		"fails on no function":          {"$input.body()", "there is no body to call"},
		"fails on get without a key":    {"$input.get()", "get needs one argument, got 0"},
		"fails on set inside a text":    {"#set($name.first = 'A')", "$name.first cannot be set: name is not a map"},
	} {
		t.Run(name, func(t *testing.T) {
			template, err := Parse(test.template)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := template.Execute(variables()); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func FuzzTemplate(f *testing.F) {
	f.Add("#if($a == 'b' && !$c)#set($d.e = \"f\")$d.e#elseif(true)x#else y#end ## z")
	f.Add("${input.params().header.get('Origin')}")
	f.Fuzz(func(t *testing.T, text string) {
		template, err := Parse(text)
		if err != nil {
			return
		}
		v := variables()
		delete(v["input"].(Variables), "params") // which panics on arguments that are not texts
		_, _ = template.Execute(v)
	})
}
