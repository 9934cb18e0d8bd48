package rules

import (
	"net/netip"
	"strings"
)

const (
	typeInstance      = "AWS::RDS::DBInstance"
	typeProxy         = "AWS::RDS::DBProxy"
	typeProxyEndpoint = "AWS::RDS::DBProxyEndpoint"
)

// databaseTypes are the resource types that have an endpoint for SQL.
var databaseTypes = []string{typeCluster, typeInstance, typeProxy, typeProxyEndpoint}

// endpointAttributes are the attributes of databaseTypes that are an address to connect to.
var endpointAttributes = []string{"Endpoint", "Endpoint.Address", "ReadEndpoint.Address"}

// databaseSide is the database, or the proxy, as one side of a connection.
func databaseSide(x subject) side {
	switch x.resource.Type {
	case typeCluster:
		return newSide(x, x.property("VpcSecurityGroupIds"), subnetGroupPrefixes(x))
	case typeInstance:
		if c, _, ok := x.follow(x.property("DBClusterIdentifier"), typeCluster); ok {
			return databaseSide(c)
		}
		return newSide(x, x.property("VPCSecurityGroups"), subnetGroupPrefixes(x))
	}
	return newSide(x, x.property("VpcSecurityGroupIds"), subnetPrefixes(x, x.property("VpcSubnetIds")))
}

// subnetGroupPrefixes are the address ranges of a database's subnet group; none if they are not known.
func subnetGroupPrefixes(x subject) []netip.Prefix {
	g, ok := x.named(x.property("DBSubnetGroupName"), "AWS::RDS::DBSubnetGroup", "DBSubnetGroupName")
	if !ok {
		return nil
	}
	return subnetPrefixes(g, g.property("SubnetIds"))
}

// databasePort is the port that the database, or the proxy, listens on.
func databasePort(x subject) int {
	switch x.resource.Type {
	case typeProxy:
		family, _ := x.text("EngineFamily")
		return defaultPort(family)
	case typeProxyEndpoint:
		if proxy, ok := x.named(x.property("DBProxyName"), typeProxy, "DBProxyName"); ok {
			return databasePort(proxy)
		}
	case typeInstance:
		if c, _, ok := x.follow(x.property("DBClusterIdentifier"), typeCluster); ok {
			return databasePort(c)
		}
	}
	if n, ok := x.number(x.property("Port")); ok {
		return int(n)
	}
	engine, _ := x.text("Engine")
	return defaultPort(engine)
}

// defaultPort is the port of an engine or of an engine family, such as aurora-mysql or POSTGRESQL.
func defaultPort(engine string) int {
	switch engine = strings.ToLower(engine); {
	case strings.Contains(engine, "postgres"):
		return 5432
	case strings.Contains(engine, "sqlserver"):
		return 1433
	}
	return 3306
}
