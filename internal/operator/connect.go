package operator

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/smithy-go/logging"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

// Access says which application is meant, and how AWS is reached.
type Access struct {
	// Application is the application's name.
	Application string

	// Region is the Region to ask; empty for that of the environment or of the profile, as the AWS CLI has it.
	Region string

	// Profile is a profile of the shared configuration; empty for that of the environment.
	Profile string
}

// Application is an application that was found.
type Application struct {
	// Document says what it is.
	Document topology.Document

	// Role is the home role of the Region that was asked.
	Role topology.Role

	// Config is the configuration of AWS's clients.
	Config aws.Config
}

// finding is how long it may take to find credentials and to read the topology.
const finding = 15 * time.Second

// Connect finds an application. The configuration is that of the AWS CLI and SDKs: environment variables, among them
// AWS_ENDPOINT_URL, and the shared files (AWS SDKs and Tools Reference Guide, "Settings reference").
func Connect(ctx context.Context, a Access) (*Application, error) {
	ctx, cancel := context.WithTimeout(ctx, finding)
	defer cancel()
	options := []func(*config.LoadOptions) error{config.WithLogger(logging.Nop{})} // what goes wrong is in errors
	if a.Region != "" {
		options = append(options, config.WithRegion(a.Region))
	}
	if a.Profile != "" {
		options = append(options, config.WithSharedConfigProfile(a.Profile))
	}
	cfg, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return nil, usage("read the configuration of AWS: %w", err)
	}
	if cfg.Region == "" {
		return nil, usage("which Region? Pass --region, or set AWS_REGION or a region in the profile")
	}
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
		return nil, fmt.Errorf("no credentials for AWS: %w; sign in, and pass --profile, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", err)
	}
	return find(ctx, cfg, a.Application)
}

// find reads the topology.
func find(ctx context.Context, cfg aws.Config, application string) (*Application, error) {
	name := topology.DocumentParameter(application)
	out, err := ssm.NewFromConfig(cfg).GetParameter(ctx, &ssm.GetParameterInput{Name: &name})
	var missing *types.ParameterNotFound
	switch {
	case errors.As(err, &missing):
		return nil, fmt.Errorf("there is no parameter %s in %s: is the application %q deployed there, with its failover stacks? --application and --region say otherwise",
			name, cfg.Region, application)
	case err != nil:
		return nil, fmt.Errorf("read the topology from parameter %s in %s: %w; the application's other Region has it, too: --region", name, cfg.Region, err)
	case out.Parameter == nil:
		return nil, fmt.Errorf("parameter %s in %s has no value", name, cfg.Region)
	}
	d, err := topology.ParseDocument(aws.ToString(out.Parameter.Value))
	if err != nil {
		return nil, fmt.Errorf("parameter %s in %s: %w", name, cfg.Region, err)
	}
	role, ok := d.RoleOf(cfg.Region)
	if !ok {
		return nil, fmt.Errorf("parameter %s in %s describes an application in %s and %s; ask one of them with --region", name, cfg.Region,
			d.Regions[topology.Primary].Region, d.Regions[topology.Secondary].Region)
	}
	return &Application{Document: d, Role: role, Config: cfg}, nil
}

// site is the application in a Region.
func (a *Application) site(role topology.Role) topology.Site { return a.Document.Regions[role] }

// region is the name of a home role's Region, or says that it is not known.
func (a *Application) region(role topology.Role) string {
	if site, ok := a.Document.Regions[role]; ok {
		return site.Region
	}
	return "unknown"
}
