package rules

import (
	"cmp"
	"slices"
	"strings"

	"github.com/warmstandby/warmstandby/internal/assembly"
)

const (
	typeCluster       = "AWS::RDS::DBCluster"
	typeGlobalCluster = "AWS::RDS::GlobalCluster"
)

// member is a cluster that belongs to a global database, or replicates from a cluster in another Region.
type member struct {
	subject

	// global identifies the global cluster in the assembly; empty for a replica without one.
	global string

	// secondary reports whether the cluster was defined to replicate. The primary is the one whose Region defines the global
	// cluster too: a secondary names a global cluster that its own Region does not define.
	secondary bool
}

// members are the clusters of the assembly's global databases.
func members(a *assembly.Assembly) []member {
	var found []member
	for c := range each(a, typeCluster) {
		replica := c.property("SourceRegion") != nil || c.property("ReplicationSourceIdentifier") != nil
		global := c.property("GlobalClusterIdentifier")
		switch {
		case global != nil:
			id := c.globalID(global)
			found = append(found, member{c, id, replica || !c.definesNearby(id)})
		case replica:
			found = append(found, member{subject: c, secondary: true})
		}
	}
	return found
}

// globalID identifies the global cluster that v names or refers to. RDS keeps identifiers in lower case.
func (x subject) globalID(v any) string {
	if g, _, ok := x.follow(v, typeGlobalCluster); ok {
		return g.ownGlobalID()
	}
	text, _ := x.render(v)
	return strings.ToLower(text)
}

// ownGlobalID identifies the global cluster x: by its identifier, or by where it is defined if CloudFormation makes one up.
func (x subject) ownGlobalID() string {
	text, known := x.text("GlobalClusterIdentifier")
	if !known {
		return x.key()
	}
	return strings.ToLower(text)
}

// definesNearby reports whether a stack in x's Region defines the global cluster.
func (x subject) definesNearby(global string) bool {
	for g := range each(x.assembly, typeGlobalCluster) {
		if g.ownGlobalID() == global && sameRegion(x.stack, g.stack) {
			return true
		}
	}
	return false
}

// set are those of properties that the resource has, sorted.
func (x subject) set(properties ...string) []string {
	var found []string
	for _, p := range properties {
		if x.property(p) != nil {
			found = append(found, p)
		}
	}
	slices.SortFunc(found, cmp.Compare)
	return found
}
