package iam

import (
	"errors"
	"fmt"
	"strings"
)

// Kind is what a policy is attached to. It decides which elements a statement must and must not have.
type Kind int

// The kinds of policies.
const (
	Identity Kind = iota // of a user, group or role: has resources and no principals
	Resource             // of a resource such as a bucket, a key or a topic: has principals and resources
	Trust                // of a role, says who may assume it: has principals and no resources
)

// versions of the policy language; variables came with the later one.
const (
	earlyVersion   = "2008-10-17"
	currentVersion = "2012-10-17"
)

// Policy is a compiled policy. It does not change, so it can be used by many goroutines.
type Policy struct {
	name       string
	kind       Kind
	statements []statement
}

// Name is the name that the policy was parsed with.
func (p *Policy) Name() string { return p.name }

// statement is one compiled statement.
type statement struct {
	sid   string
	index int
	deny  bool

	principals   *principals // nil in an identity-based policy
	notPrincipal bool
	actions      patterns // in lower case
	notAction    bool
	resources    patterns
	notResource  bool
	conditions   []condition
}

// Parse compiles a policy document: a JSON object as encoding/json decodes it, with every intrinsic function resolved. The
// name is for messages: an ARN, a role's name, a logical ID. The error joins everything that is wrong with the document.
func Parse(kind Kind, name string, doc any) (*Policy, error) {
	p := &Policy{name: name, kind: kind}
	if err := p.parse(doc); err != nil {
		return nil, fmt.Errorf("policy %s: %w", name, err)
	}
	return p, nil
}

func (p *Policy) parse(doc any) error {
	m, ok := doc.(map[string]any)
	if !ok {
		return fmt.Errorf("must be an object, got %s", describe(doc))
	}
	errs := []error{known(m, "Version", "Id", "Statement")}
	version := earlyVersion
	if v, ok := m["Version"]; ok {
		version, _ = v.(string)
	}
	if version != earlyVersion && version != currentVersion {
		errs = append(errs, fmt.Errorf("Version must be %q or %q, got %s", currentVersion, earlyVersion, describe(m["Version"])))
	}
	if id, ok := m["Id"]; ok {
		_, err := text(id)
		errs = append(errs, within("Id", err))
	}
	bodies, ok := m["Statement"].([]any)
	if !ok {
		bodies = []any{m["Statement"]}
	}
	if len(bodies) == 0 {
		errs = append(errs, errors.New("Statement must not be empty"))
	}
	sids := map[string]bool{}
	for i, body := range bodies {
		s, err := parseStatement(p.kind, version == currentVersion, body)
		if s.sid != "" && sids[s.sid] {
			err = errors.Join(err, fmt.Errorf("Sid %q is not unique", s.sid))
		}
		sids[s.sid] = true
		s.index = i
		p.statements = append(p.statements, s)
		errs = append(errs, within(fmt.Sprintf("statement %d", i), err))
	}
	return errors.Join(errs...)
}

func parseStatement(kind Kind, variables bool, body any) (statement, error) {
	var s statement
	m, ok := body.(map[string]any)
	if !ok {
		return s, fmt.Errorf("must be an object, got %s", describe(body))
	}
	return s, errors.Join(
		known(m, "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"),
		within("Sid", s.parseSid(kind, m)),
		within("Effect", s.parseEffect(m["Effect"])),
		s.parsePrincipals(kind, m),
		s.parseActions(m),
		s.parseResources(kind, variables, m),
		within("Condition", s.parseConditions(variables, m)),
	)
}

func (s *statement) parseSid(kind Kind, m map[string]any) (err error) {
	v, ok := m["Sid"]
	if !ok {
		return nil
	}
	if s.sid, err = text(v); err != nil {
		return err
	}
	foreign := func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}
	if kind != Resource && strings.ContainsFunc(s.sid, foreign) {
		return fmt.Errorf("must consist of ASCII letters and digits, got %q", s.sid)
	}
	return nil
}

func (s *statement) parseEffect(v any) error {
	if v != "Allow" && v != "Deny" {
		return fmt.Errorf(`must be "Allow" or "Deny", got %s`, describe(v))
	}
	s.deny = v == "Deny"
	return nil
}

func (s *statement) parsePrincipals(kind Kind, m map[string]any) (err error) {
	name, v, err := oneOf(m, "Principal", "NotPrincipal")
	switch {
	case kind == Identity && (err != nil || name != ""):
		return errors.New("an identity-based policy has no Principal and no NotPrincipal")
	case kind == Identity:
		return nil
	case err != nil:
		return err
	case name == "":
		return errors.New("must have Principal or NotPrincipal")
	}
	s.notPrincipal = name == "NotPrincipal"
	if s.notPrincipal && !s.deny {
		return errors.New(`NotPrincipal must be used with "Effect": "Deny"`)
	}
	s.principals, err = parsePrincipals(v)
	return within(name, err)
}

func (s *statement) parseActions(m map[string]any) error {
	name, v, err := oneOf(m, "Action", "NotAction")
	if err != nil {
		return err
	}
	if name == "" {
		return errors.New("must have Action or NotAction")
	}
	s.notAction = name == "NotAction"
	actions, err := listed(v)
	for _, a := range actions {
		vendor, operation, _ := strings.Cut(a, ":")
		if a != "*" && (vendor == "" || strings.ContainsAny(vendor, "*? ") || operation == "" || strings.Contains(operation, ":")) {
			err = errors.Join(err, fmt.Errorf(`%q must be "*" or a service and an operation, such as "rds:DescribeDBClusters"`, a))
		}
	}
	if err != nil {
		return within(name, err)
	}
	s.actions, err = syntax{wildcards: true, fold: true}.compileAll(actions)
	return within(name, err)
}

func (s *statement) parseResources(kind Kind, variables bool, m map[string]any) error {
	name, v, err := oneOf(m, "Resource", "NotResource")
	switch {
	case kind == Trust && (err != nil || name != ""):
		return errors.New("a role trust policy has no Resource and no NotResource")
	case kind == Trust:
		return nil
	case err != nil:
		return err
	case name == "":
		return errors.New("must have Resource or NotResource")
	}
	s.notResource = name == "NotResource"
	resources, err := listed(v)
	for _, r := range resources {
		err = errors.Join(err, checkResource(r, variables))
	}
	if err != nil {
		return within(name, err)
	}
	s.resources, err = syntax{wildcards: true, variables: variables}.compileAll(resources)
	return within(name, err)
}

// checkResource checks the form of a resource: see "IAM JSON policy elements: Resource" and, for the places where variables
// are allowed, "IAM policy elements: Variables and tags" in the IAM user guide.
func checkResource(r string, variables bool) error {
	if r == "*" {
		return nil
	}
	before := r
	if i := strings.Index(r, "${"); variables && i >= 0 {
		before = r[:i]
		if strings.Count(before, ":") < 5 {
			return fmt.Errorf("%q: a policy variable is allowed only after the fifth colon", r)
		}
	}
	parts := strings.SplitN(before, ":", 6)
	if len(parts) < 3 || parts[0] != "arn" || parts[2] == "" {
		return fmt.Errorf(`%q must be "*" or an ARN`, r)
	}
	if strings.ContainsAny(parts[2], "*?") {
		return fmt.Errorf("%q: the service of an ARN cannot have wildcards", r)
	}
	return nil
}
