package iam

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Principal is who makes a request. The zero value is an anonymous caller.
type Principal struct {
	// ARN is the caller as sts:GetCallerIdentity shows it: an IAM user, the session of a role
	// (arn:aws:sts::123456789012:assumed-role/Role/session) or the root user of an account.
	ARN string

	// Role is the ARN of the session's role, with its path, which the session's ARN leaves out. Empty if the caller is none.
	Role string

	// Service is the service principal, such as lambda.amazonaws.com, when an AWS service calls for itself. ARN is empty then.
	Service string
}

// String is how AWS names the principal in messages.
func (p Principal) String() string {
	switch {
	case p.ARN != "":
		return p.ARN
	case p.Service != "":
		return p.Service
	}
	return "anonymous"
}

// account is the number of the principal's account; empty for services and anonymous callers.
func (p Principal) account() string {
	return arnPart(p.ARN, 4)
}

// root reports whether the principal is the root user of its account.
func (p Principal) root() bool {
	return p.ARN != "" && arnPart(p.ARN, 5) == "root"
}

// arnPart is one of the six parts of arn, counted from 0; empty if arn is no ARN.
func arnPart(arn string, i int) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" {
		return ""
	}
	return parts[i]
}

// grant is how a Principal element covers a caller.
type grant int

const (
	uncovered grant = iota
	delegated       // the caller's account is named
	direct          // the caller, its role or everybody is named
)

// principals is a compiled Principal or NotPrincipal element.
type principals struct {
	everybody bool
	accounts  []string
	arns      []string
	services  []string
}

// covers says how the element covers p.
func (ps *principals) covers(p Principal) grant {
	switch {
	case ps.everybody,
		p.ARN != "" && slices.Contains(ps.arns, p.ARN),
		p.Role != "" && slices.Contains(ps.arns, p.Role),
		p.Service != "" && slices.Contains(ps.services, p.Service),
		p.root() && slices.Contains(ps.accounts, p.account()):
		return direct
	case p.ARN != "" && slices.Contains(ps.accounts, p.account()):
		return delegated
	}
	return uncovered
}

// exempts reports whether the element, as NotPrincipal, keeps its statement from p.
func (ps *principals) exempts(p Principal) bool {
	if p.ARN == "" {
		return ps.covers(p) == direct
	}
	return ps.everybody || slices.Contains(ps.accounts, p.account()) &&
		(p.root() || slices.Contains(ps.arns, p.ARN)) &&
		(p.Role == "" || slices.Contains(ps.arns, p.Role))
}

// parsePrincipals compiles the value of a Principal or NotPrincipal element.
func parsePrincipals(v any) (*principals, error) {
	if v == "*" {
		return &principals{everybody: true}, nil
	}
	kinds, ok := v.(map[string]any)
	if !ok || len(kinds) == 0 {
		return nil, fmt.Errorf(`must be "*" or an object with principals, got %s`, describe(v))
	}
	ps := &principals{}
	var errs []error
	for _, kind := range sortedKeys(kinds) {
		names, err := texts(kinds[kind])
		if err == nil && len(names) == 0 {
			err = errors.New("must name a principal")
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", kind, err))
		}
		for _, name := range names {
			if err := ps.add(kind, name); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", kind, err))
			}
		}
	}
	return ps, errors.Join(errs...)
}

// add adds one principal of a kind.
func (ps *principals) add(kind, name string) error {
	switch kind {
	case "AWS":
		return ps.addAWS(name)
	case "Service":
		if name == "" || strings.ContainsAny(name, "*?:/ ") {
			return fmt.Errorf("%q is not a service principal", name)
		}
		ps.services = append(ps.services, name)
		return nil
	case "Federated", "CanonicalUser":
		return nil
	}
	return errors.New("unknown kind of principal")
}

// addAWS adds an account, an IAM user, a role or a session.
func (ps *principals) addAWS(name string) error {
	service, account, resource := arnPart(name, 2), arnPart(name, 4), arnPart(name, 5)
	switch {
	case name == "*":
		ps.everybody = true
	case strings.ContainsAny(name, "*?"):
		return fmt.Errorf("%q: a principal cannot have wildcards in its name", name)
	case isAccount(name):
		ps.accounts = append(ps.accounts, name)
	case service == "iam" && resource == "root":
		ps.accounts = append(ps.accounts, account)
	case (service == "iam" || service == "sts") && strings.Contains(resource, "/"):
		ps.arns = append(ps.arns, name)
	case isUniqueID(name):
	default:
		return fmt.Errorf("%q is not an account, a user, a role or a session", name)
	}
	return nil
}

func isAccount(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789") == ""
}

// isUniqueID reports whether s is what remains in a policy of a user or role that was deleted, such as AROADBQP57FF2AEXAMPLE.
func isUniqueID(s string) bool {
	return len(s) >= 16 && s[0] == 'A' && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}
