package network

import (
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
)

const (
	defaultCidr  = "10.0.0.0/16"
	defaultZones = 2
	minZones     = 2 // which Aurora requires of a subnet group
	maxZones     = 6 // as many as the largest Region has
)

// Props configures a [Network]. The zero value is a working network.
type Props struct {
	// Cidr is the block of IPv4 addresses that the VPC has, a /16 to a /24. A sixteenth of it is a subnet.
	//
	// Default: 10.0.0.0/16, with 4091 usable addresses in each subnet.
	Cidr string

	// Zones is the number of availability zones, 2 to 6. They are the first ones of the Region.
	//
	// Default: 2, or as many as AvailabilityZones names.
	Zones int

	// AvailabilityZones are the names of 2 to 6 availability zones, in place of Zones.
	//
	// Default: the Region's first zones, chosen at deployment.
	AvailabilityZones []string

	// Name is the VPC's tag Name, and how those of the subnets begin.
	//
	// Default: the construct's path.
	Name string

	// FlowLogRetention is how long the flow log is kept.
	//
	// Default: one month.
	FlowLogRetention awslogs.RetentionDays

	// FlowLogRemovalPolicy says what becomes of the flow log's log group when it is removed from the stack.
	//
	// Default: DESTROY.
	FlowLogRemovalPolicy awscdk.RemovalPolicy
}

// withDefaults are the props with every default filled in.
func (p Props) withDefaults() Props {
	if p.Cidr == "" {
		p.Cidr = defaultCidr
	}
	if p.Zones == 0 {
		p.Zones = defaultZones
	}
	if p.FlowLogRetention == "" {
		p.FlowLogRetention = awslogs.RetentionDays_ONE_MONTH
	}
	if p.FlowLogRemovalPolicy == "" {
		p.FlowLogRemovalPolicy = awscdk.RemovalPolicy_DESTROY
	}
	return p
}

// validate reports everything that is wrong with the props.
func (p Props) validate() error {
	var errs []error
	if p.Cidr != "" {
		_, err := parse(p.Cidr)
		errs = append(errs, err)
	}
	if p.Zones != 0 && (p.Zones < minZones || p.Zones > maxZones) {
		errs = append(errs, fmt.Errorf("Zones must be %d to %d, got %d", minZones, maxZones, p.Zones))
	}
	if len(p.AvailabilityZones) > 0 {
		errs = append(errs, p.validateNamedZones())
	}
	return errors.Join(errs...)
}

// validateNamedZones reports what is wrong with AvailabilityZones.
func (p Props) validateNamedZones() error {
	var errs []error
	if p.Zones != 0 {
		errs = append(errs, errors.New("Zones and AvailabilityZones exclude each other, leave out one of them"))
	}
	if n := len(p.AvailabilityZones); n < minZones || n > maxZones {
		errs = append(errs, fmt.Errorf("AvailabilityZones must name %d to %d zones, got %d", minZones, maxZones, n))
	}
	for i, zone := range p.AvailabilityZones {
		if zone == "" {
			errs = append(errs, fmt.Errorf("AvailabilityZones[%d] must be the name of a zone, such as us-east-1a, got none", i))
		} else if slices.Contains(p.AvailabilityZones[:i], zone) {
			errs = append(errs, fmt.Errorf("AvailabilityZones must be different, got %q twice", zone))
		}
	}
	return errors.Join(errs...)
}
