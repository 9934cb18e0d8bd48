package local

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
	"github.com/warmstandby/warmstandby/internal/rehearsal"
	"github.com/warmstandby/warmstandby/internal/rehearsal/provision"
)

// account is the account that everything is in.
func (s *system) account() (account string) {
	s.cloud.Do(func(state *awssim.State) { account = state.Account() })
	return account
}

// identities knows who may log in to a database by IAM: whoever has credentials, as their policies say.
type identities struct{ *system }

// SecretKey finds the secret access key of an access key with its session token.
func (i identities) SecretKey(accessKeyID, sessionToken string) (secret string, ok bool) {
	i.cloud.Do(func(state *awssim.State) {
		var c awssim.Credentials
		c, ok = state.Credentials(accessKeyID)
		ok = ok && c.SessionToken == sessionToken && (c.Expires.IsZero() || state.Now().Before(c.Expires))
		secret = c.SecretAccessKey
	})
	return secret, ok
}

// Allowed reports whether an access key's owner may do action to resource. Who may not is noted.
func (i identities) Allowed(accessKeyID, action, resource string) bool {
	var allowed bool
	i.cloud.Do(func(state *awssim.State) {
		c, _ := state.Credentials(accessKeyID)
		allowed = iam.Decide(iam.Request{
			Principal: iam.Principal{ARN: c.ARN, Role: state.RoleARN(c)},
			Action:    action, Resource: resource,
			Identity: state.Policies(c),
		}).Allowed
		if !allowed {
			i.refused.add(cmp.Or(c.Role, c.User), action, resource, 1)
		}
	})
	return allowed && i.proxyAllowed(action, resource)
}

// proxyAllowed reports whether a proxy's role may do at its cluster what a client may do at the proxy: the proxy logs in there as
// the same user. It is true for what is no proxy.
func (i identities) proxyAllowed(action, resource string) (allowed bool) {
	parts := strings.Split(resource, ":") // arn:aws:rds-db:us-east-1:123456789012:dbuser:prx-ABC/user
	id, user, _ := strings.Cut(parts[len(parts)-1], "/")
	e, ok := i.proxyEndpoint(id)
	if !ok {
		return true
	}
	cluster, err := findCluster(i.world, e)
	if err != nil {
		return false
	}
	parts[len(parts)-1] = cluster.ResourceID + "/" + user
	target := strings.Join(parts, ":")
	i.cloud.Do(func(state *awssim.State) {
		proxy, _ := state.Region(e.Region).DBProxies.Get(e.Proxy)
		name := proxy.RoleARN[strings.LastIndex(proxy.RoleARN, "/")+1:]
		role, _ := state.Roles.Get(name)
		allowed = iam.Decide(iam.Request{
			Principal: iam.Principal{ARN: role.ARN, Role: role.ARN}, Action: action, Resource: target, Identity: role.Policies,
		}).Allowed
		if !allowed {
			i.refused.add(name, action, target, 1)
		}
	})
	return allowed
}

// proxyEndpoint is an endpoint of the proxy with a resource identifier.
func (i identities) proxyEndpoint(id string) (provision.Endpoint, bool) {
	for _, e := range i.world.Endpoints {
		if e.ResourceID == id && e.Proxy != "" {
			return *e, true
		}
	}
	return provision.Endpoint{}, false
}

// refusals are calls that were refused, in order of first occurrence.
type refusals struct {
	mu   sync.Mutex
	list []rehearsal.Refusal
}

func (r *refusals) add(principal, action, resource string, count int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, known := range r.list {
		if known.Principal == principal && known.Action == action && known.Resource == resource {
			r.list[i].Count += count
			return
		}
	}
	r.list = append(r.list, rehearsal.Refusal{Principal: principal, Action: action, Resource: resource, Count: count})
}

// all are the refusals until now.
func (r *refusals) all() []rehearsal.Refusal {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.list)
}

// Problems are what the databases and the AWS endpoint have refused or did not know.
func (s *system) Problems() rehearsal.Problems {
	summary := s.aws.Summary()
	all := refusals{list: s.refused.all()}
	for _, r := range summary.Refusals {
		all.add(cmp.Or(r.Role, r.Caller), r.Action, r.Resource, r.Calls)
	}
	p := rehearsal.Problems{Refusals: all.list}
	for _, u := range summary.Unknown {
		p.UnknownOperations = append(p.UnknownOperations, rehearsal.UnknownOperation{Service: u.Service, Operation: u.Operation, Count: u.Calls})
	}
	return p
}
