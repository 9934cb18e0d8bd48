package provision

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/cloudformation"
	"github.com/warmstandby/warmstandby/internal/rehearsal/properties"
)

type hostedZoneProperties struct {
	HostedZoneConfig struct{ Comment string }
	Name             string

	HostedZoneTags     properties.Ignored // nothing looks at them
	QueryLoggingConfig properties.Ignored // nobody asks
}

func (c *call) hostedZone(p hostedZoneProperties) (cloudformation.Physical, error) {
	if p.Name == "" {
		return failf("property Name must be given")
	}
	z := c.state.CreateHostedZone(awssim.HostedZone{
		ID: "Z" + draw(c.random, 20, strings.ToUpper(lower)), Name: p.Name, Comment: p.HostedZoneConfig.Comment,
	})
	return physical(z.ID, attributes{"Id": z.ID})
}

type recordProperties struct {
	AliasTarget *struct {
		DNSName              string
		EvaluateTargetHealth properties.Bool
		HostedZoneID         string
	}
	Failover        string
	HealthCheckID   string
	HostedZoneID    string
	HostedZoneName  string
	Name            string
	ResourceRecords []string
	SetIdentifier   string
	TTL             *properties.Int
	Type            string

	Comment properties.Ignored // nothing looks at it
}

// record is AWS::Route53::RecordSet.
func (c *call) record(p recordProperties) (cloudformation.Physical, error) {
	z, err := c.zone(p)
	if err != nil {
		return cloudformation.Physical{}, err
	}
	r := awssim.DNSRecord{
		Name: awssim.DNSName(p.Name), Type: p.Type, SetIdentifier: p.SetIdentifier, Failover: p.Failover, HealthCheckID: p.HealthCheckID,
		Values: p.ResourceRecords, TTL: valueOr(p.TTL, 0),
	}
	if p.AliasTarget != nil {
		r.Alias = &awssim.DNSAlias{
			HostedZoneID: p.AliasTarget.HostedZoneID, DNSName: awssim.DNSName(p.AliasTarget.DNSName),
			EvaluateTargetHealth: bool(p.AliasTarget.EvaluateTargetHealth),
		}
	}
	for _, other := range z.Records {
		if other.Is(r) {
			return failf("Tried to create resource record set [name='%s', type='%s'] but it already exists", r.Name, r.Type)
		}
	}
	c.state.PutRecords(z.ID, append(z.Records[:len(z.Records):len(z.Records)], r), "")
	return physical(cmp.Or(p.Name, r.Name), nil)
}

// zone is the hosted zone that a record names by its id or its name.
func (c *call) zone(p recordProperties) (awssim.HostedZone, error) {
	if z, ok := c.state.HostedZones.Get(p.HostedZoneID); ok {
		return z, nil
	}
	for _, z := range c.state.HostedZones.All() {
		if p.HostedZoneName != "" && z.Name == awssim.DNSName(p.HostedZoneName) {
			return z, nil
		}
	}
	return awssim.HostedZone{}, fmt.Errorf("No hosted zone found with ID: %s", p.HostedZoneID+p.HostedZoneName) //nolint:staticcheck // AWS's words
}

type itemTableProperties struct {
	AttributeDefinitions []struct{ AttributeName, AttributeType string }
	KeySchema            []struct{ AttributeName, KeyType string }
	TableName            string

	BillingMode                      properties.Ignored // nothing is paid
	DeletionProtectionEnabled        properties.Ignored // a deployment only creates
	PointInTimeRecoverySpecification properties.Ignored // items are kept in memory
	SSESpecification                 properties.Ignored // as above
	Tags                             properties.Ignored // nothing looks at them
}

func (c *call) itemTable(p itemTableProperties) (cloudformation.Physical, error) {
	t := awssim.ItemTable{Name: cmp.Or(p.TableName, c.GeneratedName(255))}
	for _, k := range p.KeySchema {
		if k.KeyType == "HASH" {
			t.HashKey = k.AttributeName
		} else {
			t.SortKey = k.AttributeName
		}
	}
	if _, taken := c.region.ItemTables.Get(t.Name); taken || t.HashKey == "" {
		return failf("table %s must have a name of its own and a partition key", t.Name)
	}
	t = c.region.CreateItemTable(t)
	return physical(t.Name, attributes{"Arn": t.ARN})
}
