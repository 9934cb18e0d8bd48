package rebuild

import (
	"fmt"
	"strings"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

// Plan is what has to be done after the cluster of a home role was detached, in order, with commands. `warmstandby failback` does
// it, from the second item to the last but three.
//
// That a resource's attributes stay as they were when CloudFormation last changed it is from a maintainer's answer in
// aws-cloudformation/cloudformation-coverage-roadmap#68; the AWS CloudFormation User Guide does not say it.
func Plan(d topology.Document, writer topology.Role) []string {
	here, there, global := d.Regions[writer], d.Regions[writer.Other()], d.GlobalCluster
	old := fmt.Sprintf("aws rds --region %s ", there.Region)
	return []string{
		fmt.Sprintf("The cluster %s writes on its own: until the global database is rebuilt, %s has no other copy of its data. When %s is well again, "+
			"run warmstandby failback --region %s: it does what follows, step by step, and asks before each step. It deletes a cluster.", here.Cluster(), here.Region, there.Region, here.Region),
		fmt.Sprintf("Keep what %s has and %s has not: %screate-db-cluster-snapshot --db-cluster-identifier %s --db-cluster-snapshot-identifier %s-lost",
			there.Region, here.Region, old, there.Cluster(), there.Cluster()),
		fmt.Sprintf("Write down what the cluster is like: %sdescribe-db-clusters --db-cluster-identifier %s; %sdescribe-db-instances --filters Name=db-cluster-id,Values=%s",
			old, there.Cluster(), old, there.Cluster()),
		fmt.Sprintf("Take it out of the global database that was left behind: %sremove-from-global-cluster --global-cluster-identifier %s --db-cluster-identifier %s",
			old, global, there.ClusterArn),
		fmt.Sprintf("Delete that global database, which is empty then: %sdelete-global-cluster --global-cluster-identifier %s", old, global),
		fmt.Sprintf("Create it anew around the writer: aws rds --region %s create-global-cluster --global-cluster-identifier %s --source-db-cluster-identifier %s",
			here.Region, global, here.ClusterArn),
		fmt.Sprintf("Take the old cluster away from its proxy: %sderegister-db-proxy-targets --db-proxy-name %s --db-cluster-identifiers %s",
			old, there.Proxy, there.Cluster()),
		fmt.Sprintf("Allow its deletion: %smodify-db-cluster --db-cluster-identifier %s --no-deletion-protection --apply-immediately", old, there.Cluster()),
		fmt.Sprintf("Delete its instances, each with %sdelete-db-instance --skip-final-snapshot --db-instance-identifier NAME; then the cluster: "+
			"%sdelete-db-cluster --db-cluster-identifier %s --final-db-snapshot-identifier %s-final", old, old, there.Cluster(), there.Cluster()),
		fmt.Sprintf("Create it anew as a secondary, with the subnet group, security groups, parameter group, key and capacity that it had, and without user, password "+
			"and database: %screate-db-cluster --db-cluster-identifier %s --global-cluster-identifier %s …; then its instances, with the names that they had", old, there.Cluster(), global),
		fmt.Sprintf("Wait until it is connected: aws rds --region %s describe-global-clusters --global-cluster-identifier %s", here.Region, global),
		fmt.Sprintf("Give it to its proxy: %sregister-db-proxy-targets --db-proxy-name %s --db-cluster-identifiers %s", old, there.Proxy, there.Cluster()),
		policyText(there, "its new resource id") + ". CloudFormation keeps the resource id that it has seen last, so that deploying alone does not change the policy",
		"CloudFormation knows the clusters, the instances and the global database by their names, which are the same: no import is needed. " +
			"Detect the drift of the infrastructure stacks before the next deployment.",
		fmt.Sprintf("Go home when both Regions are well: warmstandby failback --region %s.", here.Region),
	}
}

// policyText says what to do about the proxy's policy.
func policyText(s topology.Site, resourceID string) string {
	account := ""
	if parts := strings.Split(s.ClusterArn, ":"); len(parts) > 4 {
		account = parts[4]
	}
	return fmt.Sprintf("In the policy of the role of the proxy %s, replace the resource id of the deleted cluster in arn:aws:rds-db:%s:%s:dbuser:cluster-…/… by %s "+
		"(aws rds --region %s describe-db-proxies --db-proxy-name %s shows the role; aws iam put-role-policy changes it): without that the proxy cannot log in",
		s.Proxy, s.Region, account, resourceID, s.Region, s.Proxy)
}
