package restapi

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
)

// Route is one method of one path, and the function that serves it. Path, Method, Handler, and either Scopes or Public are
// required.
type Route struct {
	// Path starts with a slash: "/v1/orders/{id}". A segment in braces is a variable, and matches any one segment. A last
	// segment such as {proxy+} matches all that are left.
	Path string

	// Method is GET, HEAD, POST, PUT, PATCH or DELETE. OPTIONS is answered if Props.AllowOrigins is set.
	Method string

	// Handler serves the route. It gets API Gateway's proxy event. An alias is a function too.
	Handler awslambda.IFunction

	// Scopes open the route: the access token must have at least one of them. They are full names, such as "api/upsert-delete".
	Scopes []string

	// Public opens the route to everyone. It is for what holds no data, such as a health check.
	//
	// Default: false.
	Public bool

	// RequiredQuery names the query parameters without which a request is refused with 400.
	//
	// Default: none.
	RequiredQuery []string

	// Body is the JSON schema, draft 4, that the body must fit whatever its Content-Type. API Gateway refuses others with 400.
	//
	// Default: the body is not looked at.
	Body *awsapigateway.JsonSchema
}

var (
	methods        = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}
	bodylessMethod = []string{"GET", "HEAD"}

	segmentPattern  = regexp.MustCompile(`^[A-Za-z0-9._:$-]+$`)
	variablePattern = regexp.MustCompile(`^\{[A-Za-z0-9._:$-]+\+?\}$`)
	queryPattern    = regexp.MustCompile(`^[A-Za-z0-9._:$-]+$`)
)

// name is the route as people write it, "GET /v1".
func (r Route) name() string { return r.Method + " " + r.Path }

// segments are the parts of the path between its slashes.
func (r Route) segments() []string {
	if r.Path == "/" || r.Path == "" {
		return nil
	}
	return strings.Split(strings.TrimPrefix(r.Path, "/"), "/")
}

// validate reports everything that is wrong with the route at index i.
func (r Route) validate(i int) error {
	var errs []error
	bad := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("Routes[%d] (%s): %w", i, r.name(), fmt.Errorf(format, args...)))
	}
	if err := r.validatePath(); err != nil {
		bad("%w", err)
	}
	if !slices.Contains(methods, r.Method) {
		bad("Method must be one of %s, got %q", strings.Join(methods, ", "), r.Method)
	}
	if r.Handler == nil {
		bad("Handler is required")
	}
	switch {
	case r.Public && len(r.Scopes) > 0:
		bad("Scopes has no effect on a public route: remove it, or Public")
	case !r.Public && len(r.Scopes) == 0:
		bad("Scopes is required: without it, any token opens the route; set Public to open it to everyone")
	case slices.Contains(r.Scopes, ""):
		bad("Scopes has an empty scope")
	}
	for _, q := range r.RequiredQuery {
		if !queryPattern.MatchString(q) {
			bad("RequiredQuery must be names of letters, digits and any of ._:$-, got %q", q)
		}
	}
	if r.Body != nil && slices.Contains(bodylessMethod, r.Method) {
		bad("Body cannot be required of a %s request", r.Method)
	}
	if r.Body != nil && r.Body.Schema != "" && r.Body.Schema != awsapigateway.JsonSchemaVersion_DRAFT4 {
		bad("Body must be a schema of draft 4, which is the one API Gateway knows, got %s", r.Body.Schema)
	}
	return errors.Join(errs...)
}

func (r Route) validatePath() error {
	if !strings.HasPrefix(r.Path, "/") {
		return fmt.Errorf("Path must start with a slash, got %q", r.Path)
	}
	segments := r.segments()
	for i, s := range segments {
		switch {
		case s == "":
			return fmt.Errorf("Path must have no empty segment, and no slash at its end, got %q", r.Path)
		case variablePattern.MatchString(s):
			if strings.HasSuffix(s, "+}") && i < len(segments)-1 {
				return fmt.Errorf("Path matches all that is left with %s, which must be its last segment, got %q", s, r.Path)
			}
		case !segmentPattern.MatchString(s):
			return fmt.Errorf("Path must have segments of letters, digits and any of ._:$-, or one of these in braces, got %q", s)
		}
	}
	return nil
}

// validateVariables reports variables that differ at one place. API Gateway has one variable per place: with /a/{x} there can be
// no /a/{y}/b.
func validateVariables(routes []Route) error {
	var errs []error
	variables := make(map[string]string) // by the path before it
	for i, r := range routes {
		prefix := ""
		for _, s := range r.segments() {
			if !variablePattern.MatchString(s) {
				prefix += "/" + s
				continue
			}
			if earlier, ok := variables[prefix]; ok && earlier != s {
				errs = append(errs, fmt.Errorf("Routes[%d] (%s): Path has %s where an earlier route has %s: use one name",
					i, r.name(), s, earlier))
			}
			variables[prefix] = s
			prefix += "/" + s
		}
	}
	return errors.Join(errs...)
}
