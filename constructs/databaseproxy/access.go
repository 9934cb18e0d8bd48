package databaseproxy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"
)

// Client is what can be let in to a proxy: something with a role and with a security group, such as a Lambda function in the
// proxy's VPC.
type Client interface {
	awsiam.IGrantable
	awsec2.IConnectable
}

// GrantConnect lets client log in through either endpoint as user, which has to be one of the Users in [Props]. It grants
// rds-db:connect on this proxy, and lets the client's security group out and into the proxy's.
//
// The rules belong to the client: if it lives in another stack, they do too, and that stack depends on the proxy's.
func (d *Proxy) GrantConnect(client Client, user string) awsiam.Grant {
	if !slices.Contains(d.users, user) {
		panic(fmt.Errorf("database proxy %s: user must be one of Users (%s), got %q: add it to Users",
			*d.Node().Path(), strings.Join(d.users, ", "), user))
	}
	client.Connections().AllowTo(d.securityGroup, awsec2.Port_Tcp(jsii.Number(port)), jsii.String("Client to database proxy"))
	return awsiam.Grant_AddToPrincipal(&awsiam.GrantOnPrincipalOptions{
		Grantee:      client,
		Actions:      jsii.Strings("rds-db:connect"),
		ResourceArns: jsii.Strings(d.userArn(user)),
	})
}

// userArn is what IAM calls a database user at this proxy.
//
// See https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy-connecting.html
func (d *Proxy) userArn(user string) string {
	return *awscdk.Stack_Of(d).FormatArn(&awscdk.ArnComponents{
		Service:      jsii.String("rds-db"),
		Resource:     jsii.String("dbuser"),
		ResourceName: jsii.Sprintf("%s/%s", d.ResourceId(), user),
		ArnFormat:    awscdk.ArnFormat_COLON_RESOURCE_NAME,
	})
}

// MetricClientConnections is the number of clients that are connected through either endpoint: by default in each minute, the
// sum of what the proxy's nodes report.
//
// See https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy.monitoring.html
func (d *Proxy) MetricClientConnections(opts *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return d.metric("ClientConnections", "Sum", opts)
}

// MetricBorrowLatency is how long the proxy takes to find a database connection for a client, in microseconds: by default the
// average of each minute. It grows when the pool is exhausted or the cluster has no writer.
//
// See https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy.monitoring.html
func (d *Proxy) MetricBorrowLatency(opts *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return d.metric("DatabaseConnectionsBorrowLatency", "Average", opts)
}

func (d *Proxy) metric(name, statistic string, opts *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	metric := awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace:     jsii.String("AWS/RDS"),
		MetricName:    jsii.String(name),
		DimensionsMap: &map[string]*string{"ProxyName": jsii.String(d.name)},
		Statistic:     jsii.String(statistic),
		Period:        awscdk.Duration_Minutes(jsii.Number(1)),
	})
	if opts == nil {
		return metric
	}
	return metric.With(opts)
}
