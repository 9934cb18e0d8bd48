package iam

import (
	"fmt"
	"strings"
)

// Request is what a caller wants to do, and the policies that bear on it.
type Request struct {
	// Principal is the caller.
	Principal Principal

	// Action is the service and the operation, such as rds:DescribeDBClusters, spelled as it should be in messages.
	Action string

	// Resource is the ARN of the resource, or "*" for an action that is not of one resource.
	Resource string

	// Context holds the condition keys of the request with their values. The case of keys does not matter. The keys that follow
	// from Principal (aws:PrincipalArn, aws:PrincipalAccount, aws:PrincipalType, aws:PrincipalIsAWSService,
	// aws:PrincipalServiceName, and aws:username for an IAM user) are added unless they are here.
	Context map[string][]string

	// Identity holds the policies of the user or role. They count for callers with an ARN only.
	Identity []*Policy

	// Resources holds the policies of the resource, or the trust policy of the role that is to be assumed.
	Resources []*Policy
}

// Match is a statement that decided.
type Match struct {
	Policy string // the policy's name, as given to [Parse]
	Sid    string // empty if it has none
	Index  int    // its place in the policy, from 0
}

// Decision is the outcome of an evaluation.
type Decision struct {
	// Allowed says whether the request may go on.
	Allowed bool

	// Explicit is true if a statement denies; false if the request is allowed, or denied because nothing allows it.
	Explicit bool

	// Reason is why the request is denied, as AWS words it. Empty if it is allowed.
	Reason string

	// Matches are the statements that decided: those that deny, or else those that allow. Empty for an implicit deny and
	// for the root user, who needs no statement.
	Matches []Match

	denied Denied
}

// Err is nil if the request is allowed, and a *[Denied] otherwise.
func (d Decision) Err() error {
	if d.Allowed {
		return nil
	}
	return &d.denied
}

// Denied is a refusal. Its text is that of "Troubleshoot access denied error messages" in the IAM user guide.
type Denied struct {
	Principal Principal
	Action    string
	Resource  string
	Reason    string
	Matches   []Match // the statements that deny; empty if nothing allowed the request
}

// Error is AWS's message, for example "User: arn:aws:iam::123456789012:user/Ann is not authorized to perform:
// rds:DescribeDBClusters on resource: arn:aws:rds:us-east-1:123456789012:cluster:* because no identity-based policy allows
// the rds:DescribeDBClusters action".
func (d *Denied) Error() string {
	on := ""
	if d.Resource != "" {
		on = " on resource: " + d.Resource
	}
	return fmt.Sprintf("User: %s is not authorized to perform: %s%s %s", d.Principal, d.Action, on, d.Reason)
}

// verdict is what policies of one sort say about a request.
type verdict struct {
	allow  grant
	allows []Match
	denies []Match
}

// evaluation is one request on its way to a decision.
type evaluation struct {
	*Request
	values values
	action string // in lower case
}

// Decide evaluates a request. It panics if an identity-based policy is among the resource's policies or the other way round,
// because the outcome would be wrong without a sign of it.
func Decide(r Request) Decision {
	e := evaluation{Request: &r, values: values{request: &r}, action: strings.ToLower(r.Action)}
	var identity verdict
	if r.Principal.root() {
		identity.allow = direct
	} else if r.Principal.ARN != "" {
		identity = e.evaluate(r.Identity, true)
	}
	resource := e.evaluate(r.Resources, false)
	switch {
	case identity.denies != nil:
		return e.deny("with an explicit deny in an identity-based policy", identity.denies)
	case resource.denies != nil:
		article, name := e.resourcePolicy()
		return e.deny("with an explicit deny in "+article+" "+name, resource.denies)
	}
	return e.permit(identity, resource)
}

// permit decides a request that nothing denies.
func (e *evaluation) permit(identity, resource verdict) Decision {
	byIdentity, byResource := identity.allow != uncovered, resource.allow != uncovered
	allowed := byIdentity || resource.allow == direct
	bound := e.Principal.ARN == "" || e.guarded() // the resource's own policy must allow
	switch {
	case bound && !byResource:
		allowed = false
	case e.crossAccount():
		allowed = byIdentity && byResource
	}
	if allowed {
		return Decision{Allowed: true, Matches: append(identity.allows, resource.allows...)}
	}
	missing := "identity-based policy"
	if byIdentity || bound && !byResource {
		_, missing = e.resourcePolicy()
	}
	return e.deny(fmt.Sprintf("because no %s allows the %s action", missing, e.Action), nil)
}

// guarded reports whether the resource's own policy must allow, whatever identity-based policies say: a role's trust policy,
// and the policy of a KMS key.
func (e *evaluation) guarded() bool {
	return e.trust() || arnPart(e.Resource, 2) == "kms" && strings.HasPrefix(arnPart(e.Resource, 5), "key/")
}

// trust reports whether a role's trust policy is evaluated.
func (e *evaluation) trust() bool {
	for _, p := range e.Resources {
		if p.kind == Trust {
			return true
		}
	}
	return false
}

// resourcePolicy names the resource's policy as AWS does in messages.
func (e *evaluation) resourcePolicy() (article, name string) {
	if e.trust() {
		return "the", "role trust policy"
	}
	return "a", "resource-based policy"
}

// crossAccount reports whether the resource is of another account than the caller.
func (e *evaluation) crossAccount() bool {
	owner, caller := arnPart(e.Resource, 4), e.Principal.account()
	return owner != "" && caller != "" && owner != caller
}

// deny makes the decision that refuses.
func (e *evaluation) deny(reason string, by []Match) Decision {
	return Decision{
		Explicit: by != nil,
		Reason:   reason,
		Matches:  by,
		denied:   Denied{Principal: e.Principal, Action: e.Action, Resource: e.Resource, Reason: reason, Matches: by},
	}
}

// evaluate collects what policies, identity-based or of a resource, say.
func (e *evaluation) evaluate(policies []*Policy, identity bool) (v verdict) {
	for _, p := range policies {
		if (p.kind == Identity) != identity {
			panic(fmt.Errorf("policy %s is among policies of another kind", p.name))
		}
		for i := range p.statements {
			s := &p.statements[i]
			covered := s.applies(e)
			if covered == uncovered {
				continue
			}
			match := Match{Policy: p.name, Sid: s.sid, Index: s.index}
			if s.deny {
				v.denies = append(v.denies, match)
				continue
			}
			v.allow = max(v.allow, covered)
			v.allows = append(v.allows, match)
		}
	}
	return v
}

// applies reports whether the statement is about the request, and how directly it names the caller.
func (s *statement) applies(e *evaluation) grant {
	covered := s.caller(e.Principal)
	if covered == uncovered || !s.matches(s.actions, s.notAction, e.action, &e.values) {
		return uncovered
	}
	if s.resources != nil && !s.matches(s.resources, s.notResource, e.Resource, &e.values) {
		return uncovered
	}
	for _, c := range s.conditions {
		if !c.holds(&e.values) {
			return uncovered
		}
	}
	return covered
}

// caller says how the statement covers the principal. An identity-based policy is about whom it is attached to.
func (s *statement) caller(p Principal) grant {
	switch {
	case s.principals == nil:
		return direct
	case !s.notPrincipal:
		return s.principals.covers(p)
	case s.principals.exempts(p):
		return uncovered
	}
	return direct
}

// matches reports whether text is among the patterns, or for a Not element is not.
func (s *statement) matches(ps patterns, not bool, text string, v *values) bool {
	ok, err := ps.match(text, v)
	return err == nil && ok != not
}
