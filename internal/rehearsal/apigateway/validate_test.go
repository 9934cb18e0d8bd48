package apigateway

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestRequiredParameters(t *testing.T) {
	resources := todo(t)
	resources.properties(t, "Apiv1GET")["RequestParameters"] = map[string]any{
		"method.request.querystring.id":            true,
		"method.request.header.x-Kind":             "true",
		"method.request.querystring.page":          false,
		"method.request.multivaluequerystring.tag": true,
	}
	for name, test := range map[string]struct {
		query, kind string
		missing     string
	}{
		"all":                     {"?id=1&tag=a&tag=b", "k", ""},
		"fails without":           {"", "", "x-Kind, tag, id"},
		"fails on a blank one":    {"?id=%20&tag=a", "k", "id"},
		"fails on the last one":   {"?id=1&id=&tag=a", "k", "id"},
		"fails on a blank header": {"?id=1&tag=a", " ", "x-Kind"},
		"fails on another case":   {"?ID=1&tag=a", "k", "id"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, resources)
			w := b.send("GET /prod/v1"+test.query, "", "Authorization: good", "X-Kind: "+test.kind)
			if test.missing == "" {
				wantAnswer(t, w, 200, `{"hello":"world"}`)
				return
			}
			wantAnswer(t, w, 400, problem(400, `"Missing required request parameters: [`+test.missing+`]"`))
			wantHeader(t, w, "x-amzn-ErrorType", "BadRequestException")
		})
	}
}

func TestModelOfTheReferenceApplication(t *testing.T) {
	long := strings.Repeat("x", 51)
	for name, test := range map[string]struct{ body, reason string }{
		"a new one":           {`{"task":"a","status":"b"}`, ""},
		"one with an id":      {`{"id":1,"task":"a","status":"b"}`, ""},
		"an id as text":       {`{"id":"12","task":"a","status":"b"}`, ""},
		"fails without task":  {`{"status":"b"}`, `[object has missing required properties (["task"])]`},
		"fails without both":  {`{}`, `[object has missing required properties (["status","task"])]`},
		"fails on more":       {`{"task":"a","status":"b","x":1,"w":2}`, `[object instance has properties which are not allowed by the schema: ["w","x"]]`},
		"fails on both":       {`{"status":"b","x":1}`, `[object has missing required properties (["task"]), object instance has properties which are not allowed by the schema: ["x"]]`},
		"fails on long text":  {`{"task":"` + long + `","status":"b"}`, `[string "` + long + `" is too long (length: 51, maximum allowed: 50)]`},
		"fails on empty text": {`{"task":"","status":""}`, `[string "" is too short (length: 0, required minimum: 1), string "" is too short (length: 0, required minimum: 1)]`},
		"fails on a number":   {`{"task":1,"status":1.5}`, `[instance type (number) does not match any allowed primitive type (allowed: ["string"]), instance type (integer) does not match any allowed primitive type (allowed: ["string"])]`},
		"fails on an id":      {`{"id":0,"task":"a","status":"b"}`, `[instance failed to match exactly one schema (matched 0 out of 2)]`},
		"fails on a list":     {`[]`, `[instance type (array) does not match any allowed primitive type (allowed: ["object"])]`},
		"fails on a text":     {`{`, `[the body is not valid JSON]`},
		"fails on nothing":    {``, `[the body is not valid JSON]`},
		"fails on two":        {`{"task":"a","status":"b"}{}`, `[the body is not valid JSON]`},
		"fails on a monster":  {`{"id":1e999999999,"task":"a","status":"b"}`, `[the body is not valid JSON]`},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, todo(t))
			w := b.send("POST /prod/v1", test.body, "Authorization: good")
			if test.reason == "" {
				wantAnswer(t, w, 200, `{"hello":"world"}`)
				return
			}
			detail, _ := json.Marshal(test.reason)
			wantAnswer(t, w, 400, problem(400, string(detail)))
			wantHeader(t, w, "Content-Type", "application/problem+json")
			if len(b.called) > 0 {
				t.Error("called the function")
			}
		})
	}
}

func TestModelMessages(t *testing.T) {
	for name, test := range map[string]struct{ schema, body, want string }{
		"minimum":             {`{"minimum":1.5}`, `1`, "numeric instance is lower than the required minimum (minimum: 1.5, found: 1)"},
		"a decimal minimum":   {`{"minimum":0.1}`, `0.01`, "numeric instance is lower than the required minimum (minimum: 0.1, found: 0.01)"},
		"exclusive minimum":   {`{"minimum":1,"exclusiveMinimum":true}`, `1`, "numeric instance is not strictly greater than the required minimum 1"},
		"maximum":             {`{"maximum":1}`, `1.25`, "numeric instance is greater than the required maximum (maximum: 1, found: 1.25)"},
		"exclusive maximum":   {`{"maximum":1,"exclusiveMaximum":true}`, `1`, "numeric instance is not strictly lower than the required maximum 1"},
		"multiple":            {`{"multipleOf":2}`, `3`, "remainder of division is not zero (3 / 2)"},
		"pattern":             {`{"pattern":"^a"}`, `"b"`, `ECMA 262 regex "^a" does not match input string "b"`},
		"enum":                {`{"enum":["a",1]}`, `"<b>"`, `instance value ("<b>") not found in enum (possible values: ["a",1])`},
		"format":              {`{"format":"email"}`, `"b"`, `string "b" is not a valid email`},
		"type":                {`{"type":["number","null"]}`, `true`, `instance type (boolean) does not match any allowed primitive type (allowed: ["integer","null","number"])`},
		"type of null":        {`{"type":"integer"}`, `null`, `instance type (null) does not match any allowed primitive type (allowed: ["integer"])`},
		"type of an object":   {`{"type":"string"}`, `{}`, `instance type (object) does not match any allowed primitive type (allowed: ["string"])`},
		"type inside":         {`{"items":{"type":"number"}}`, `[1,"a"]`, `instance type (string) does not match any allowed primitive type (allowed: ["integer","number"])`},
		"few items":           {`{"minItems":2}`, `[1]`, "array is too short: must have at least 2 elements but instance has 1 elements"},
		"many items":          {`{"maxItems":1}`, `[1,2]`, "array is too long: must have at most 1 elements but instance has 2 elements"},
		"equal items":         {`{"uniqueItems":true}`, `[1,1]`, "array must not contain duplicate elements"},
		"few properties":      {`{"minProperties":1}`, `{}`, "object has too few properties (found 0 but schema requires at least 1)"},
		"many properties":     {`{"maxProperties":0}`, `{"a":1}`, "object has too many properties (found 1 but schema requires at most 0)"},
		"dependencies":        {`{"dependencies":{"a":["b"]}}`, `{"a":1}`, `property "a" of object has missing property dependencies (missing: ["b"])`},
		"not":                 {`{"not":{"type":"string"}}`, `"a"`, "instance matched a schema which it should not have"},
		"any of":              {`{"anyOf":[{"type":"string"},{"type":"null"}]}`, `1`, "instance failed to match at least one required schema among 2"},
		"all of":              {`{"allOf":[{"type":"string"},{"maxLength":2},{"minLength":1}]}`, `"abc"`, "instance failed to match all required schemas (matched only 2 out of 3)"},
		"one of too many":     {`{"oneOf":[{"type":"string"},{"maxLength":2},{"type":"null"}]}`, `"ab"`, "instance failed to match exactly one schema (matched 2 out of 3)"},
		"one of, inside":      {`{"properties":{"a/b~%":{"items":[{"oneOf":[{"type":"null"}]}]}}}`, `{"a/b~%":[1]}`, "instance failed to match exactly one schema (matched 0 out of 1)"},
		"a reference":         {`{"$ref":"#/definitions/a","definitions":{"a":{"type":"null"}}}`, `1`, `instance type (integer) does not match any allowed primitive type (allowed: ["null"])`},
		"another model":       {`{"$ref":"https://apigateway.amazonaws.com/restapis/abcde12345/models/Other"}`, `1`, `instance type (integer) does not match any allowed primitive type (allowed: ["string"])`},
		"no additional items": {`{"items":[{}],"additionalItems":false}`, `[1,2]`, "instance does not match additionalItems"},
		"a good one":          {`{"type":"string"}`, `"a"`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var schema map[string]any
			if err := json.Unmarshal([]byte(test.schema), &schema); err != nil {
				t.Fatal(err)
			}
			models := map[string]any{"Model": schema, "Other": map[string]any{"type": "string"}}
			c, err := newBodyCheck("abcde12345", map[string]string{"$default": "Model"}, models)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if r := c.check("", []byte(test.body)); r != nil {
				got = strings.Trim(r.validation, "[]")
			}
			if got != strings.Trim(test.want, "[]") {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestModelByContentType(t *testing.T) {
	models := map[string]any{"Text": map[string]any{"type": "string"}, "List": map[string]any{"type": "array"}}
	for name, test := range map[string]struct {
		names       map[string]string
		contentType string
		fits        string // "text", "list" or "anything"
	}{
		"by its type":         {map[string]string{"application/json": "Text"}, "application/json", "text"},
		"with parameters":     {map[string]string{"Application/JSON": "Text"}, "Application/JSON; charset=utf-8", "text"},
		"no type is JSON":     {map[string]string{"application/json": "Text"}, "", "text"},
		"another type":        {map[string]string{"application/json": "Text"}, "text/plain", "anything"},
		"the default":         {map[string]string{"$default": "List"}, "text/plain", "list"},
		"goes before default": {map[string]string{"$default": "List", "text/plain": "Text"}, "text/plain", "text"},
		"the empty model":     {map[string]string{"$default": "Empty"}, "", "anything"},
	} {
		t.Run(name, func(t *testing.T) {
			models["Empty"] = map[string]any{}
			c, err := newBodyCheck("x", test.names, models)
			if err != nil {
				t.Fatal(err)
			}
			for kind, body := range map[string]string{"text": `"a"`, "list": `[]`} {
				fits := c.check(test.contentType, []byte(body)) == nil
				if fits != (test.fits == kind || test.fits == "anything") {
					t.Errorf("%s fits: %v", body, fits)
				}
			}
		})
	}
}

// TestValidatorChecksWhatItSays has validators of one thing, and none.
func TestValidatorChecksWhatItSays(t *testing.T) {
	for name, test := range map[string]struct {
		body, parameters any
		get, post        int
	}{
		"both":       {true, "true", 400, 400},
		"body":       {true, false, 200, 400},
		"parameters": {nil, true, 400, 200},
	} {
		t.Run(name, func(t *testing.T) {
			resources := todo(t)
			v := resources.properties(t, "ApiValidator")
			v["ValidateRequestBody"], v["ValidateRequestParameters"] = test.body, test.parameters
			b := newBench(t, resources)
			get := b.send("GET /prod/v1", "", "Authorization: good").Code
			post := b.send("POST /prod/v1", "{}", "Authorization: good").Code
			if get != test.get || post != test.post {
				t.Errorf("got %d and %d", get, post)
			}
		})
	}
	resources := todo(t)
	delete(resources.properties(t, "Apiv1POST"), "RequestValidatorId")
	if got := newBench(t, resources).send("POST /prod/v1", "{}", "Authorization: good").Code; got != 200 {
		t.Errorf("got %d without a validator", got)
	}
}

func TestModelNames(t *testing.T) {
	_, err := newBodyCheck("x", map[string]string{"$default": "a"}, map[string]any{"a": map[string]any{}, "%": map[string]any{}})
	if err == nil || !strings.Contains(err.Error(), "have the model %") {
		t.Errorf("got %v", err)
	}
}
