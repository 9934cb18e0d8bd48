package rehearsal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// awsCLI is as much of the AWS CLI as the runbooks use: operations whose names and options are those of the API, the shorthand syntax
// for structures, --query with names and lists of them, and s3 cp to a file. It prints JSON, with the names of Go's fields. What it
// does not know is an error, so that no command passes unread. It stands in for the CLI because the one that Debian packages has
// pipelines without variables.
//
// Sources: AWS CLI user guide, "Command structure", "Using shorthand syntax", "Filtering output"; AWS CLI command reference.
func awsCLI(args []string, out io.Writer) error {
	if len(args) < 2 {
		return errors.New("which service and operation?")
	}
	c, err := readOptions(args[2:])
	if err != nil {
		return err
	}
	region, err := c.one("region")
	if err != nil {
		return err
	}
	cfg, err := config.LoadDefaultConfig(context.Background(), config.WithRegion(region))
	if err != nil {
		return err
	}
	if args[0] == "s3" && args[1] == "cp" {
		return c.copyObject(s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true }))
	}
	clients := map[string]any{"codepipeline": codepipeline.NewFromConfig(cfg), "rds": rds.NewFromConfig(cfg)}
	client, ok := clients[args[0]]
	if !ok {
		return fmt.Errorf("service %q is not one that is known here", args[0])
	}
	return c.call(client, args[1], out)
}

// cliOptions are what follows a command: by name the values of each option, and what belongs to none.
type cliOptions struct {
	values map[string][]string
	bare   []string
}

func readOptions(args []string) (*cliOptions, error) {
	o, name := &cliOptions{values: make(map[string][]string)}, ""
	for _, a := range args {
		next, is := strings.CutPrefix(a, "--")
		switch _, twice := o.values[next]; {
		case is && twice:
			return nil, fmt.Errorf("--%s is there twice", next)
		case is:
			name = next
			o.values[name] = []string{}
		case name == "" || (name == "region" && len(o.values[name]) == 1):
			o.bare = append(o.bare, a)
		default:
			o.values[name] = append(o.values[name], a)
		}
	}
	return o, nil
}

// one takes the one value of an option away.
func (o *cliOptions) one(name string) (string, error) {
	v := o.values[name]
	delete(o.values, name)
	if len(v) != 1 {
		return "", fmt.Errorf("--%s must have one value, got %q", name, v)
	}
	return v[0], nil
}

// copyObject copies an object to a file.
func (o *cliOptions) copyObject(client *s3.Client) error {
	if len(o.bare) != 2 || len(o.values) > 0 {
		return fmt.Errorf("s3 cp takes an object and a file, got %q and %v", o.bare, o.values)
	}
	bucket, key, ok := strings.Cut(strings.TrimPrefix(o.bare[0], "s3://"), "/")
	if !ok {
		return fmt.Errorf("%q is no object", o.bare[0])
	}
	object, err := client.GetObject(context.Background(), &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	if err != nil {
		return err
	}
	defer object.Body.Close()
	text, err := io.ReadAll(object.Body)
	if err != nil {
		return err
	}
	return os.WriteFile(o.bare[1], text, 0o600)
}

// call calls an operation, by the name that the CLI has for it.
func (o *cliOptions) call(client any, operation string, out io.Writer) error {
	v := reflect.ValueOf(client)
	i := named(v.NumMethod(), func(i int) string { return v.Type().Method(i).Name }, operation)
	if i < 0 || len(o.bare) > 0 {
		return fmt.Errorf("%q is no operation, or %q belongs to no option", operation, o.bare)
	}
	method := v.Method(i)
	query, isQuery := o.values["query"]
	delete(o.values, "query")
	in := reflect.New(method.Type().In(1).Elem())
	if err := fill(in.Elem(), o.values); err != nil {
		return err
	}
	results := method.Call([]reflect.Value{reflect.ValueOf(context.Background()), in})
	if err, _ := results[1].Interface().(error); err != nil {
		return err
	}
	text, err := json.Marshal(results[0].Interface())
	if err == nil && isQuery {
		text, err = evaluate(strings.Join(query, " "), results[0].Type(), text)
	}
	if err == nil {
		_, err = fmt.Fprintln(out, string(text))
	}
	return err
}

// named is the index of the name that an option or operation stands for, or -1: the CLI's names are those of the API with hyphens.
func named(n int, name func(int) string, option string) int {
	for i := range n {
		if strings.EqualFold(name(i), strings.ReplaceAll(option, "-", "")) {
			return i
		}
	}
	return -1
}

// fill sets fields of a structure.
func fill(to reflect.Value, values map[string][]string) error {
	for name, v := range values {
		i := named(to.NumField(), func(i int) string { return to.Type().Field(i).Name }, name)
		if i < 0 {
			return fmt.Errorf("%s has no %q", to.Type(), name)
		}
		if err := set(to.Field(i), v); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// set sets a field.
func set(to reflect.Value, values []string) error {
	switch {
	case to.Kind() == reflect.Slice:
		for _, v := range values {
			one := reflect.New(to.Type().Elem()).Elem()
			if err := set(one, []string{v}); err != nil {
				return err
			}
			to.Set(reflect.Append(to, one))
		}
		return nil
	case to.Kind() == reflect.Pointer:
		to.Set(reflect.New(to.Type().Elem()))
		return set(to.Elem(), values)
	case to.Kind() == reflect.Bool && len(values) == 0:
		to.SetBool(true)
		return nil
	case len(values) != 1:
		return fmt.Errorf("must have one value, got %q", values)
	case to.Kind() == reflect.Struct:
		return fillShorthand(to, values[0])
	case to.Kind() == reflect.String:
		to.SetString(values[0])
		return nil
	case to.Kind() == reflect.Int32:
		n, err := strconv.ParseInt(values[0], 10, 32)
		to.SetInt(n)
		return err
	}
	return fmt.Errorf("a %s is not known here", to.Type())
}

// fillShorthand sets the fields that a shorthand has, such as name=mode,value=drill.
func fillShorthand(to reflect.Value, shorthand string) error {
	values := make(map[string][]string)
	for pair := range strings.SplitSeq(shorthand, ",") {
		name, value, ok := strings.Cut(pair, "=")
		if !ok {
			return fmt.Errorf("%q in %q has no =; a value with a comma wants quotes of its own", pair, shorthand)
		}
		values[name] = []string{value}
	}
	return fill(to, values)
}

// evaluate evaluates a query on an answer. Names that the answer's type does not have are errors, as they would be null for the CLI.
func evaluate(query string, of reflect.Type, text []byte) ([]byte, error) {
	q := &parser{rest: query}
	var answer any
	if err := json.Unmarshal(text, &answer); err != nil {
		return nil, err
	}
	found, err := q.path(of, answer)
	if err != nil || q.rest != "" {
		return nil, fmt.Errorf("query %q, at %q: %w", query, q.rest, errors.Join(err))
	}
	return json.Marshal(found)
}

// parser evaluates as much of JMESPath as the runbooks use: Name, Name[].Name and [Name, …].
type parser struct{ rest string }

// path evaluates a path from a value of a type.
func (p *parser) path(of reflect.Type, value any) (any, error) {
	if after, ok := strings.CutPrefix(p.rest, "["); ok {
		p.rest = after
		return p.list(of, value)
	}
	end := strings.IndexFunc(p.rest, func(r rune) bool { return strings.ContainsRune(".,[]", r) })
	if end < 0 {
		end = len(p.rest)
	}
	name := strings.TrimSpace(p.rest[:end])
	for of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	field, ok := reflect.StructField{}, false
	if of.Kind() == reflect.Struct {
		field, ok = of.FieldByName(name)
	}
	if !ok {
		return nil, fmt.Errorf("%s has no %q", of, name)
	}
	p.rest = p.rest[end:]
	object, _ := value.(map[string]any)
	if after, ok := strings.CutPrefix(p.rest, "[]."); ok {
		p.rest = after
		return p.each(field.Type.Elem(), object[name])
	}
	return object[name], nil
}

// list evaluates the paths of a list, whose bracket has been read.
func (p *parser) list(of reflect.Type, value any) (any, error) {
	list := []any{}
	for {
		one, err := p.path(of, value)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
		if after, ok := strings.CutPrefix(p.rest, ","); ok {
			p.rest = after
			continue
		}
		after, ok := strings.CutPrefix(p.rest, "]")
		if !ok {
			return nil, errors.New("a list has no end")
		}
		p.rest = after
		return list, nil
	}
}

// each evaluates a path for each value of a list, and at least once, so that its names are read.
func (p *parser) each(of reflect.Type, value any) (any, error) {
	values, _ := value.([]any)
	found, from := []any{}, p.rest
	if _, err := p.path(of, nil); err != nil {
		return nil, err
	}
	after := p.rest
	for _, v := range values {
		p.rest = from
		one, err := p.path(of, v)
		if err != nil {
			return nil, err
		}
		found = append(found, one)
	}
	p.rest = after
	return found, nil
}
