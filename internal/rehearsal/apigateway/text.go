package apigateway

import (
	"regexp"
	"strings"
)

// text is a format with variables such as $context.requestId and $stageVariables.name: an access log's line, or the body of a
// gateway response. It is no Velocity template. See "Gateway responses for REST APIs in API Gateway" in the developer guide.
type text struct {
	parts []string // literals at even places, variables' names at odd ones
}

// variablePattern ends a name before a dot that no letter follows, so that a sentence may end with a variable.
var variablePattern = regexp.MustCompile(`\$((?:context|stageVariables)(?:\.[A-Za-z_][A-Za-z0-9_]*)+)`)

func newText(format string) *text {
	t := &text{}
	at := 0
	for _, m := range variablePattern.FindAllStringSubmatchIndex(format, -1) {
		t.parts = append(t.parts, format[at:m[0]], format[m[2]:m[3]])
		at = m[1]
	}
	t.parts = append(t.parts, format[at:])
	return t
}

// render puts in the variables' values, as lookup has them.
func (t *text) render(lookup func(name string) string) string {
	var out strings.Builder
	for i, part := range t.parts {
		if i%2 == 1 {
			part = lookup(part)
		}
		out.WriteString(part)
	}
	return out.String()
}
