package edgejs

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/token"
)

// logical are the operators that a logical assignment, such as ||=, is parsed to.
var logical = []token.Token{token.LOGICAL_AND, token.LOGICAL_OR, token.COALESCE}

// checkSyntax reports the syntax in tree that runtime 2.0 does not list. goja knows more of JavaScript than CloudFront does.
func checkSyntax(tree *ast.Program) error {
	var errs []error
	walk(reflect.ValueOf(tree.Body), func(node ast.Node) {
		if feature := unlisted(node); feature != "" {
			at := tree.File.Position(int(node.Idx0()) - tree.File.Base())
			errs = append(errs, fmt.Errorf("%s: CloudFront's runtime 2.0 does not list %s", at, feature))
		}
	})
	return errors.Join(errs...)
}

// walk visits every node below v.
func walk(v reflect.Value, visit func(ast.Node)) {
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return
		}
		if node, ok := v.Interface().(ast.Node); ok && v.Kind() == reflect.Pointer {
			visit(node)
		}
		walk(v.Elem(), visit)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Name != "DeclarationList" { // these are in the body, too
				walk(v.Field(i), visit)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			walk(v.Index(i), visit)
		}
	}
}

// unlisted names the feature of JavaScript that node uses, if it is none of runtime 2.0. It is empty otherwise.
func unlisted(node ast.Node) string {
	switch n := node.(type) {
	case *ast.OptionalChain:
		return "optional chaining"
	case *ast.ClassLiteral:
		return "classes"
	case *ast.ForOfStatement:
		return "for-of"
	case *ast.SpreadElement:
		return "spread syntax"
	case *ast.ArrayPattern, *ast.ObjectPattern:
		return "destructuring"
	case *ast.PropertyShort:
		return "shorthand properties"
	case *ast.MetaProperty:
		return "meta properties"
	case *ast.CatchStatement:
		return when(n.Parameter == nil, "catch without a parameter")
	case *ast.TemplateLiteral:
		return when(n.Tag != nil, "tagged templates")
	case *ast.FunctionLiteral:
		return when(n.Generator, "generators")
	case *ast.ArrowFunctionLiteral:
		return when(n.Async, "async closures")
	case *ast.PropertyKeyed:
		return when(n.Computed || n.Kind == ast.PropertyKindMethod, "computed properties and methods in literals")
	case *ast.BinaryExpression:
		return when(n.Operator == token.COALESCE, "nullish coalescing")
	case *ast.AssignExpression:
		return when(slices.Contains(logical, n.Operator), "logical assignment")
	case *ast.ParameterList:
		return when(hasDefaults(n), "default parameters")
	case *ast.CallExpression:
		return when(awaitsArgument(n), "await in an argument")
	}
	return ""
}

// when is feature if used, and otherwise empty.
func when(used bool, feature string) string {
	if used {
		return feature
	}
	return ""
}

// hasDefaults reports whether a parameter in list has a default.
func hasDefaults(list *ast.ParameterList) bool {
	for _, parameter := range list.List {
		if parameter.Initializer != nil {
			return true
		}
	}
	return false
}

// awaitsArgument reports whether an argument of call is awaited on the spot.
func awaitsArgument(call *ast.CallExpression) bool {
	for _, argument := range call.ArgumentList {
		if _, ok := argument.(*ast.AwaitExpression); ok {
			return true
		}
	}
	return false
}
