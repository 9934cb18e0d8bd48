package endpoint

import (
	"net/url"
	"strings"
)

// route returns the operation of a REST service that the request is for, or nil, and the labels of its path and its query as
// members of its input.
func (s *service) route(r *request) (*operation, map[string]any) {
	path := strings.Split(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/")
	values := r.URL.Query()
	for i := range s.operations {
		op := &s.operations[i]
		method, pattern, _ := strings.Cut(op.route, " ")
		pattern, rawQuery, _ := strings.Cut(pattern, "?")
		if method != r.Method || !contains(values, rawQuery) {
			continue
		}
		if labels, ok := match(strings.Split(pattern[1:], "/"), path); ok {
			for name := range values {
				labels[name] = values.Get(name)
			}
			return op, labels
		}
	}
	return nil, nil
}

// match compares segments of a pattern and of a path. Labels are unescaped one by one, so that they may contain slashes.
func match(pattern, path []string) (map[string]any, bool) {
	labels := map[string]any{}
	for i, want := range pattern {
		if i >= len(path) {
			return nil, false
		}
		got, label := path[i], strings.Trim(want, "{}")
		switch {
		case label == want:
			if got != want {
				return nil, false
			}
			continue
		case strings.HasSuffix(label, "+"):
			label = strings.TrimSuffix(label, "+")
			got = strings.Join(path[i:], "/")
			path = path[:i+1]
		}
		text, err := url.PathUnescape(got)
		if err != nil || text == "" {
			return nil, false
		}
		labels[label] = text
	}
	return labels, len(path) == len(pattern)
}

// contains says whether the query has what the pattern's has.
func contains(values url.Values, pattern string) bool {
	wanted, err := url.ParseQuery(pattern)
	for name := range wanted {
		if values.Get(name) != wanted.Get(name) {
			return false
		}
	}
	return err == nil
}
