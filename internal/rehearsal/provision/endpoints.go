package provision

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/warmstandby/warmstandby/internal/cloudformation"
	"github.com/warmstandby/warmstandby/internal/rehearsal/properties"
)

// Kind is what an endpoint leads to.
type Kind string

// The kinds of endpoints.
const (
	ClusterWriter Kind = "cluster writer" // a cluster's own endpoint
	ClusterReader Kind = "cluster reader" // a cluster's reader endpoint
	GlobalWriter  Kind = "global writer"  // a global cluster's endpoint, which leads to the writer in whatever Region
	Instance      Kind = "instance"       // one instance of a cluster
	Proxy         Kind = "proxy"          // a proxy, to read and write
	ProxyReadOnly Kind = "proxy read-only"
	Service       Kind = "service" // an AWS service, through an interface endpoint
)

// Endpoint is a host name that a deployed resource has in its VPC.
type Endpoint struct {
	// Kind is what it leads to.
	Kind Kind

	// Host is the host name, as AWS would resolve it.
	Host string

	// Port is the TCP port.
	Port int

	// Region is where the resource is; empty for a global cluster's.
	Region string

	// Name is the name of the resource: of the cluster, the global cluster, the instance, the proxy or the proxy's endpoint, and
	// the ID of an interface endpoint.
	Name string

	// Proxy is the proxy's name; empty if the endpoint is not of one.
	Proxy string

	// Cluster is the identifier of the cluster in the Region that it leads to; empty for other kinds.
	Cluster string

	// ResourceID is what rds-db:connect has to be allowed for: cluster-… or prx-…; empty for other kinds.
	ResourceID string

	// Attachment is where it is. That of a global cluster's endpoint is where the writer is.
	Attachment Attachment

	// Address is what Options.Listen has returned.
	Address string
}

// Endpoint is the endpoint of the host name that somebody in a VPC meets. The VPC matters for services only, which may have
// an interface endpoint of their own in each.
func (w *World) Endpoint(host, vpc string) (Endpoint, bool) {
	i := slices.IndexFunc(w.Endpoints, func(e *Endpoint) bool {
		return strings.EqualFold(e.Host, host) && (e.Kind != Service || e.Attachment.VPC == vpc)
	})
	if i < 0 {
		return Endpoint{}, false
	}
	return *w.Endpoints[i], true
}

// Connects is nil if a function can connect to a TCP port of a host, and says why not otherwise. In AWS nobody says so: the
// connection is not answered until the client gives up.
func (w *World) Connects(f *Function, host string, port int) error {
	e, ok := w.Endpoint(host, f.Attachment.VPC)
	switch {
	case !ok && f.Attachment.VPC == "":
		return nil // out to the internet, where all services are
	case !ok:
		return fmt.Errorf("function %s cannot reach %s: it is in %s, which has no way out and no interface endpoint for it", f.Name, host, f.Attachment.VPC)
	}
	return w.reaches("function "+f.Name, f.Attachment, e, port)
}

// TargetConnects is nil if the proxy of an endpoint can connect to its cluster, and says why not otherwise. In AWS its targets
// are then unavailable.
func (w *World) TargetConnects(proxy Endpoint) error {
	i := slices.IndexFunc(w.Endpoints, func(e *Endpoint) bool {
		return e.Kind == ClusterWriter && e.Region == proxy.Region && e.Name == proxy.Cluster
	})
	if i < 0 {
		return fmt.Errorf("proxy %s has no target", proxy.Proxy)
	}
	return w.reaches("proxy "+proxy.Proxy, proxy.Attachment, *w.Endpoints[i], w.Endpoints[i].Port)
}

// reaches says why somebody cannot connect to a port of the endpoint.
func (w *World) reaches(who string, from Attachment, e Endpoint, port int) error {
	what := fmt.Sprintf("%s cannot reach %s at %s:%d", who, e.Kind, e.Host, port)
	switch to := e.Attachment; {
	case from.VPC == "":
		return fmt.Errorf("%s: it is in no VPC", what)
	case from.VPC != to.VPC:
		return fmt.Errorf("%s: it is in %s, not in %s", what, from.VPC, to.VPC)
	case port != e.Port:
		return fmt.Errorf("%s: it listens on port %d only", what, e.Port)
	case !w.Network.letsOut(from, to, port):
		return fmt.Errorf("%s: none of its security groups %v lets it out to %v", what, from.SecurityGroups, to.SecurityGroups)
	case !w.Network.letsIn(from, to, port):
		return fmt.Errorf("%s: none of the security groups %v lets %v in", what, to.SecurityGroups, from.SecurityGroups)
	}
	return nil
}

type vpcEndpointProperties struct {
	PrivateDNSEnabled properties.Bool
	PolicyDocument    properties.Ignored // it can only take away what the caller's policies allow, and is not evaluated
	SecurityGroupIDs  []string
	ServiceName       string
	SubnetIDs         []string
	VpcEndpointType   string
	VpcID             string

	Tags properties.Ignored // nothing looks at them
}

// vpcEndpoint makes the host name of a service lead to an interface endpoint.
func (c *call) vpcEndpoint(p vpcEndpointProperties) (cloudformation.Physical, error) {
	if p.VpcEndpointType != "Interface" {
		return failf("property VpcEndpointType: only Interface is modelled, got %q", p.VpcEndpointType)
	}
	service, ok := strings.CutPrefix(p.ServiceName, "com.amazonaws."+c.Region+".")
	if !ok || strings.Contains(service, ".") {
		return failf("The Vpc Endpoint Service '%s' does not exist", p.ServiceName)
	}
	at, err := c.attach(p.SubnetIDs, p.SecurityGroupIDs)
	if err != nil {
		return cloudformation.Physical{}, err
	}
	if at.VPC != p.VpcID || len(p.SecurityGroupIDs) == 0 {
		return failf("subnets and security groups of VPC %s must be given, because its default security group is not modelled", p.VpcID)
	}
	id := c.ec2ID("vpce")
	if p.PrivateDNSEnabled {
		if !c.Network.vpcs[p.VpcID].dnsHostnames {
			return failf("Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for %s", p.VpcID)
		}
		c.addEndpoint(Endpoint{Kind: Service, Host: service + "." + c.Region + ".amazonaws.com", Port: 443, Name: id, Attachment: at})
	}
	c.addEndpoint(Endpoint{Kind: Service, Host: id + "." + service + "." + c.Region + ".vpce.amazonaws.com", Port: 443, Name: id, Attachment: at})
	return physical(id, attributes{"Id": id})
}

// addEndpoint adds an endpoint in the resource's Region.
func (c *call) addEndpoint(e Endpoint) {
	if e.Kind != GlobalWriter {
		e.Region = c.Region
	}
	c.Endpoints = append(c.Endpoints, &e)
}

// rdsHost is a host name of RDS: one letter case, and a part that is the account's own in the Region.
func (c *call) rdsHost(name, prefix string) string {
	const length = 12
	own := draw(rand.New(c.randomFor("rds/"+c.Account+"/"+c.Region)), length, lower) //nolint:gosec // as randomFor
	return strings.ToLower(name) + "." + prefix + own + "." + c.Region + ".rds.amazonaws.com"
}

// address is a host name and port as templates read them.
func address(host string, port int) map[string]any {
	return map[string]any{"Address": host, "Port": strconv.Itoa(port)}
}
