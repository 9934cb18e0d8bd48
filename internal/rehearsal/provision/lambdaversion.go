package provision

import (
	"regexp"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
	"github.com/warmstandby/warmstandby/internal/cloudformation"
	"github.com/warmstandby/warmstandby/internal/rehearsal/properties"
)

type versionProperties struct {
	FunctionName string

	CodeSha256  properties.Ignored // the code is what the template's function has
	Description properties.Ignored // nothing looks at it
}

func (c *call) version(p versionProperties) (cloudformation.Physical, error) {
	f, _, ok := c.region.FindFunction(p.FunctionName, "")
	if !ok {
		return failf("Function not found: %s", p.FunctionName)
	}
	version, _ := c.region.PublishVersion(f.Name)
	arn := f.ARN + ":" + version
	return physical(arn, attributes{"Version": version, "FunctionArn": arn})
}

type aliasProperties struct {
	FunctionName    string
	FunctionVersion string
	Name            string

	Description properties.Ignored // nothing looks at it
}

func (c *call) alias(p aliasProperties) (cloudformation.Physical, error) {
	f, _, ok := c.region.FindFunction(p.FunctionName, p.FunctionVersion)
	if !ok {
		return failf("Function not found: %s:%s", p.FunctionName, p.FunctionVersion)
	}
	c.region.PutAlias(f.Name, awssim.Alias{Name: p.Name, Version: p.FunctionVersion})
	arn := f.ARN + ":" + p.Name
	return physical(arn, attributes{"AliasArn": arn})
}

type permissionProperties struct {
	Action        string
	FunctionName  string
	Principal     string
	SourceAccount string
	SourceArn     string
}

// accountNumber is an AWS account's number.
var accountNumber = regexp.MustCompile(`^[0-9]{12}$`)

// permission adds a statement to the resource policy of a function, a version or an alias. The policy is as AddPermission in
// the Lambda API reference describes it; Lambda keeps one for each version and alias, here their statements are in one, told
// apart by their resources.
func (c *call) permission(p permissionProperties) (cloudformation.Physical, error) {
	f, _, ok := c.region.FindFunction(p.FunctionName, "")
	if !ok {
		return failf("Function not found: %s", p.FunctionName)
	}
	id := c.GeneratedName(100)
	kind := "Service"
	if accountNumber.MatchString(p.Principal) || strings.HasPrefix(p.Principal, "arn:") {
		kind = "AWS"
	}
	statement := map[string]any{
		"Sid": alphanumeric.ReplaceAllString(id, ""), "Effect": "Allow", "Principal": map[string]any{kind: p.Principal}, "Action": p.Action,
		"Resource": c.region.FunctionARN(p.FunctionName, ""),
	}
	condition := make(map[string]any)
	if p.SourceArn != "" {
		condition["ArnLike"] = map[string]any{"AWS:SourceArn": p.SourceArn}
	}
	if p.SourceAccount != "" {
		condition["StringEquals"] = map[string]any{"AWS:SourceAccount": p.SourceAccount}
	}
	if len(condition) > 0 {
		statement["Condition"] = condition
	}
	statements := append(c.functionPolicy[f.ARN], statement)
	policy, err := iam.Parse(iam.Resource, "resource policy of "+f.Name, map[string]any{"Version": "2012-10-17", "Statement": statements})
	if err != nil {
		return cloudformation.Physical{}, err
	}
	c.functionPolicy[f.ARN] = statements
	c.region.SetFunctionPolicy(f.Name, policy)
	return physical(id, attributes{"Id": id})
}

// alphanumeric is all but letters and digits, which is what the IDs of statements may have.
var alphanumeric = regexp.MustCompile(`[^A-Za-z0-9]`)

type eventInvokeConfigProperties struct {
	DestinationConfig struct {
		OnFailure struct{ Destination string }
	}
	FunctionName             string
	MaximumEventAgeInSeconds *properties.Int
	MaximumRetryAttempts     *properties.Int
	Qualifier                string
}

// eventInvokeConfig says what becomes of asynchronous invocations of a version or an alias. Its destination must be a queue.
func (c *call) eventInvokeConfig(p eventInvokeConfigProperties) (cloudformation.Physical, error) {
	f, _, ok := c.region.FindFunction(p.FunctionName, p.Qualifier)
	if !ok {
		return failf("Function not found: %s:%s", p.FunctionName, p.Qualifier)
	}
	destination := p.DestinationConfig.OnFailure.Destination
	if _, ok := c.region.FindQueue(destination); !ok && destination != "" {
		return failf("property DestinationConfig: only queues are modelled, and %s is none", destination)
	}
	standard := awssim.DefaultAsyncInvoke
	async := map[string]awssim.AsyncInvoke{p.Qualifier: {
		Retries:   valueOr(p.MaximumRetryAttempts, standard.Retries),
		MaxAge:    time.Duration(valueOr(p.MaximumEventAgeInSeconds, int(standard.MaxAge/time.Second))) * time.Second,
		OnFailure: destination,
	}}
	for qualifier, old := range f.Async {
		if qualifier != p.Qualifier {
			async[qualifier] = old
		}
	}
	f.Async = async
	c.region.Functions.Put(f.Name, f)
	return physical(c.GeneratedName(64), nil)
}
