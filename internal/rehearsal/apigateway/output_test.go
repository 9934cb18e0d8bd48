package apigateway

import (
	"strings"
	"testing"
)

func TestFunctionOutput(t *testing.T) {
	for name, test := range map[string]struct {
		output string
		status int
		body   string
		header map[string]string
	}{
		"all":                {`{"statusCode":201,"headers":{"a":"1"},"multiValueHeaders":{"B":["2","3"]},"body":"x","isBase64Encoded":false}`, 201, "x", map[string]string{"A": "1", "B": "2|3"}},
		"nothing":            {`{}`, 200, "", map[string]string{"Content-Type": "application/json"}},
		"nulls":              {`{"statusCode":null,"headers":null,"multiValueHeaders":null,"body":null}`, 200, "", nil},
		"a status as text":   {`{"statusCode":"404"}`, 404, "", nil},
		"no content":         {`{"statusCode":204,"body":"x"}`, 204, "", map[string]string{"Content-Length": ""}},
		"a content type":     {`{"headers":{"content-type":"text/plain"}}`, 200, "", map[string]string{"Content-Type": "text/plain"}},
		"a boolean header":   {`{"headers":{"a":true},"multiValueHeaders":{"b":[false]}}`, 200, "", map[string]string{"A": "true", "B": "false"}},
		"a header twice":     {`{"headers":{"a":"1","b":"2"},"multiValueHeaders":{"a":["1"],"b":["3"]}}`, 200, "", map[string]string{"A": "1", "B": "3|2"}},
		"headers of its own": {`{"headers":{"Date":"never","Server":"me","Content-Length":"9","transfer-encoding":"chunked","x-amzn-requestid":"mine"},"body":"x"}`, 200, "x", map[string]string{"x-amzn-Remapped-Date": "never", "x-amzn-Remapped-Server": "me", "x-amzn-Remapped-Content-Length": "9", "Content-Length": "1", "Transfer-Encoding": "", "X-Amzn-Requestid": "", "x-amzn-RequestId": "00000000-0000-4000-8000-000000000000"}},

		"fails on a text":          {`"x"`, 502, "", nil},
		"fails on nothing":         {``, 502, "", nil},
		"fails on null":            {`null`, 502, "", nil},
		"fails on half of it":      {`{"statusCode":`, 502, "", nil},
		"fails on two":             {`{}{}`, 502, "", nil},
		"fails on another field":   {`{"status":200}`, 502, "", nil},
		"fails on an object body":  {`{"body":{}}`, 502, "", nil},
		"fails on a status":        {`{"statusCode":"ok"}`, 502, "", nil},
		"fails on a half status":   {`{"statusCode":200.5}`, 502, "", nil},
		"fails on a low status":    {`{"statusCode":100}`, 502, "", nil},
		"fails on a list status":   {`{"statusCode":[]}`, 502, "", nil},
		"fails on a number header": {`{"headers":{"a":1}}`, 502, "", nil},
		"fails on a list header":   {`{"multiValueHeaders":{"a":[["1"]]}}`, 502, "", nil},
		"fails on a header's name": {`{"headers":{"a b":"1"}}`, 502, "", nil},
		"fails on a split header":  {`{"headers":{"a":"1\r\nb: 2"}}`, 502, "", nil},
		"fails on a large body":    {`{"body":"` + strings.Repeat("x", maxResponse+1) + `"}`, 502, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, todo(t))
			b.invoke = answering(test.output, nil)
			w := b.get()
			if test.status == 502 {
				wantAnswer(t, w, 502, `{"type":"about:blank","detail":"Internal server error"}`)
				wantHeader(t, w, "x-amzn-ErrorType", "InternalServerErrorException")
				return
			}
			wantAnswer(t, w, test.status, test.body)
			for name, want := range test.header {
				wantHeader(t, w, name, want)
			}
		})
	}
}
