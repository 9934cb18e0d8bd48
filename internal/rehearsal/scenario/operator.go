package scenario

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	rdstypes "github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/rehearsal/endpoints"
)

// operator is what an operator has: credentials, and AWS's API.
type operator struct {
	endpoint    string
	credentials aws.CredentialsProvider
}

func newOperator(e endpoints.AWS) *operator {
	return &operator{e.Endpoint, credentials.NewStaticCredentialsProvider(e.AccessKeyID, e.SecretAccessKey, "")}
}

func (o *operator) ssm(region string) *ssm.Client {
	return ssm.New(ssm.Options{Region: region, BaseEndpoint: &o.endpoint, Credentials: o.credentials})
}

func (o *operator) s3(region string) *s3.Client {
	return s3.New(s3.Options{Region: region, BaseEndpoint: &o.endpoint, Credentials: o.credentials, UsePathStyle: true})
}

func (o *operator) codepipeline(region string) *codepipeline.Client {
	return codepipeline.New(codepipeline.Options{Region: region, BaseEndpoint: &o.endpoint, Credentials: o.credentials})
}

func (o *operator) rds(region string) *rds.Client {
	return rds.New(rds.Options{Region: region, BaseEndpoint: &o.endpoint, Credentials: o.credentials})
}

func (o *operator) cloudwatch(region string) *cloudwatch.Client {
	return cloudwatch.New(cloudwatch.Options{Region: region, BaseEndpoint: &o.endpoint, Credentials: o.credentials})
}

// readTopology reads the topology from the secondary Region.
func (p *play) readTopology(ctx context.Context) error {
	app := p.System.Application()
	name := topology.DocumentParameter(app.Name)
	out, err := p.aws.ssm(app.Secondary).GetParameter(ctx, &ssm.GetParameterInput{Name: &name})
	if err != nil {
		return fmt.Errorf("read the topology: %w", err)
	}
	p.document, err = topology.ParseDocument(aws.ToString(out.Parameter.Value))
	return err
}

// moveFunctions are the functions of the Move stage of the pipeline that activates a home role's Region.
func (p *play) moveFunctions(ctx context.Context, role topology.Role) ([]string, error) {
	name := p.document.Regions[role].Pipeline
	out, err := p.pipelines(role).GetPipeline(ctx, &codepipeline.GetPipelineInput{Name: &name})
	if err != nil {
		return nil, fmt.Errorf("get pipeline %s: %w", name, err)
	}
	var functions []string
	for _, stage := range out.Pipeline.Stages {
		for _, action := range stage.Actions {
			if f := action.Configuration["FunctionName"]; f != "" && aws.ToString(stage.Name) == "Move" {
				functions = append(functions, f)
			}
		}
	}
	return functions, nil
}

// synchronized says whether nothing is in progress, and both clusters are in the global database and connected.
func (p *play) synchronized(ctx context.Context) (bool, error) {
	out, err := p.aws.rds(p.region(topology.Secondary)).DescribeGlobalClusters(ctx, &rds.DescribeGlobalClustersInput{
		GlobalClusterIdentifier: &p.document.GlobalCluster,
	})
	if err != nil || len(out.GlobalClusters) == 0 {
		return false, err
	}
	if g := out.GlobalClusters[0]; g.FailoverState != nil || aws.ToString(g.Status) != "available" {
		return false, nil
	}
	members := 0
	for _, m := range out.GlobalClusters[0].GlobalClusterMembers {
		if m.SynchronizationStatus == rdstypes.GlobalClusterMemberSynchronizationStatusConnected {
			members++
		}
	}
	return members == len(p.document.Regions), nil
}

// lagKnown says whether CloudWatch has a figure for how far a Region's cluster lags that is not older than a time.
func (p *play) lagKnown(ctx context.Context, role topology.Role, since time.Time) (bool, error) {
	out, err := p.aws.cloudwatch(p.region(role)).GetMetricStatistics(ctx, &cloudwatch.GetMetricStatisticsInput{
		Namespace: aws.String("AWS/RDS"), MetricName: aws.String("AuroraGlobalDBRPOLag"),
		Dimensions: []cwtypes.Dimension{{Name: aws.String("DBClusterIdentifier"), Value: aws.String(p.document.Regions[role].Cluster())}},
		StartTime:  &since, EndTime: aws.Time(time.Now().Add(time.Minute)), Period: aws.Int32(60), Statistics: []cwtypes.Statistic{cwtypes.StatisticMaximum},
	})
	return err == nil && len(out.Datapoints) > 0, err
}
