package endpoint

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
)

// Limits of an invocation (Lambda developer guide, "Lambda quotas", and API reference, Invoke).
const (
	maxPayload      = 6 << 20 // bytes, synchronous
	maxEventPayload = 1 << 20 // bytes, asynchronous
	maxLogResult    = 4 << 10 // bytes
	maxFunctions    = 50      // in one answer
)

// lambda is Lambda. A function's policy counts for all its versions and aliases.
func lambda() *service {
	function := on(func(c *Call) string {
		return c.arn(func(r *awssim.Region) string { return r.FunctionARN(c.Str("FunctionName"), c.Str("Qualifier")) })
	})
	return &service{
		name:      "lambda",
		protocols: []protocol{restJSON{}},
		operations: []operation{
			{
				name: "Invoke", route: "POST /2015-03-31/functions/{FunctionName}/invocations", action: "lambda:InvokeFunction",
				resources: function, policy: functionPolicy, raw: true, do: invoke,
			},
			{
				name: "GetFunction", route: "GET /2015-03-31/functions/{FunctionName}",
				resources: function, policy: functionPolicy, do: getFunction,
			},
			{name: "ListFunctions", route: "GET /2015-03-31/functions", do: listFunctions},
			{name: "ListFunctions", route: "GET /2015-03-31/functions/", do: listFunctions}, // as the Go SDK sends it
		},
	}
}

// foundFunction is a function and the version that is meant.
type foundFunction struct {
	awssim.Function
	version string
}

func findFunction(c *Call) (foundFunction, error) {
	name, qualifier := c.Str("FunctionName"), c.Str("Qualifier")
	f, ok := lookup(c, func(_ *awssim.State, r *awssim.Region) (foundFunction, bool) {
		f, version, ok := r.FindFunction(name, qualifier)
		return foundFunction{f, version}, ok
	})
	if !ok {
		e := failure(http.StatusNotFound, "ResourceNotFoundException", "Function not found: %s",
			c.arn(func(r *awssim.Region) string { return r.FunctionARN(name, qualifier) }))
		e.Fields = map[string]string{"Type": "User"}
		return f, e
	}
	return f, nil
}

func functionPolicy(c *Call) *iam.Policy {
	f, err := findFunction(c)
	if err != nil {
		return nil
	}
	return f.Policy
}

func invoke(ctx context.Context, c *Call) (any, error) {
	f, err := findFunction(c)
	if err != nil {
		return nil, err
	}
	kind := cmp.Or(c.Header.Get("X-Amz-Invocation-Type"), "RequestResponse")
	if err := checkPayload(c.Body, kind); err != nil {
		return nil, err
	}
	switch kind {
	case "DryRun":
		c.Status = http.StatusNoContent
		return nil, nil
	case "Event":
		c.Status = http.StatusAccepted
		later := asyncInvocation{c, f, asyncOf(c, f), c.Body}
		c.Background(later.run)
		return nil, nil
	case "RequestResponse":
		return invokeAndWait(ctx, c, f)
	}
	return nil, failure(http.StatusBadRequest, "InvalidParameterValueException", "Unknown invocation type: %s", kind)
}

func checkPayload(payload []byte, kind string) error {
	limit := maxPayload
	if kind == "Event" {
		limit = maxEventPayload
	}
	if len(payload) > limit {
		return failure(http.StatusRequestEntityTooLarge, "RequestTooLargeException",
			"%d byte payload is too large for the %s invocation type (limit %d bytes)", len(payload), kind, limit)
	}
	if len(payload) > 0 && !json.Valid(payload) {
		return failure(http.StatusBadRequest, "InvalidRequestContentException", "Could not parse request body into json")
	}
	return nil
}

func invokeAndWait(ctx context.Context, c *Call, f foundFunction) (any, error) {
	result, err := f.Invoke(ctx, f.version, c.Body)
	if errors.Is(err, awssim.ErrThrottled) {
		e := failure(http.StatusTooManyRequests, "TooManyRequestsException", "Rate Exceeded.")
		e.Fields = map[string]string{"Reason": "ConcurrentInvocationLimitExceeded"}
		return nil, e
	}
	if err != nil {
		return nil, failure(http.StatusInternalServerError, "ServiceException", "%v", err)
	}
	c.Reply.Set("X-Amz-Executed-Version", f.version)
	if result.FunctionError != "" {
		c.Reply.Set("X-Amz-Function-Error", result.FunctionError)
	}
	if c.Header.Get("X-Amz-Log-Type") == "Tail" {
		log := result.Log[max(0, len(result.Log)-maxLogResult):]
		c.Reply.Set("X-Amz-Log-Result", base64.StdEncoding.EncodeToString(log))
	}
	return result.Payload, nil
}

// configuration is a function as GetFunction and ListFunctions show it.
type configuration struct {
	FunctionName     string
	FunctionArn      string
	Runtime          string
	Role             string
	Handler          string
	CodeSize         int64
	Description      string
	Timeout          int
	MemorySize       int
	LastModified     string
	CodeSha256       string
	Version          string
	VpcConfig        *vpcConfig   `json:",omitempty"`
	Environment      *environment `json:",omitempty"`
	TracingConfig    tracing
	RevisionID       string `json:"RevisionId"`
	State            string
	LastUpdateStatus string
	PackageType      string
	Architectures    []string
	EphemeralStorage ephemeralStorage
	LoggingConfig    logging
}

type (
	vpcConfig struct {
		SubnetIDs        []string `json:"SubnetIds"`
		SecurityGroupIDs []string `json:"SecurityGroupIds"`
		VPCID            string   `json:"VpcId"`
	}
	environment      struct{ Variables map[string]string }
	tracing          struct{ Mode string }
	ephemeralStorage struct{ Size int }
	logging          struct{ LogFormat, LogGroup string }
)

func configurationOf(f awssim.Function, version, arn string) configuration {
	c := configuration{
		FunctionName: f.Name, FunctionArn: arn, Version: version, Runtime: f.Runtime, Role: f.Role, Handler: f.Handler,
		CodeSize: f.CodeSize, CodeSha256: f.CodeSHA256, Description: f.Description, Timeout: f.Timeout, MemorySize: f.MemorySize,
		LastModified:  f.LastModified.Format("2006-01-02T15:04:05.000-0700"),
		TracingConfig: tracing{cmp.Or(f.Tracing, "PassThrough")}, RevisionID: f.RevisionID,
		State: "Active", LastUpdateStatus: "Successful", PackageType: "Zip", Architectures: f.Architectures,
		EphemeralStorage: ephemeralStorage{cmp.Or(f.EphemeralStorage, 512)},
		LoggingConfig:    logging{cmp.Or(f.LogFormat, "Text"), cmp.Or(f.LogGroup, "/aws/lambda/"+f.Name)},
	}
	if len(f.Environment) > 0 {
		c.Environment = &environment{f.Environment}
	}
	if len(f.SubnetIDs) > 0 {
		c.VpcConfig = &vpcConfig{f.SubnetIDs, f.SecurityGroupIDs, f.VPCID}
	}
	return c
}

func getFunction(_ context.Context, c *Call) (any, error) {
	f, err := findFunction(c)
	if err != nil {
		return nil, err
	}
	type code struct{ RepositoryType, Location string }
	type concurrency struct{ ReservedConcurrentExecutions int }
	out := struct {
		Configuration configuration
		Code          code
		Tags          map[string]string `json:",omitempty"`
		Concurrency   *concurrency      `json:",omitempty"`
	}{
		Configuration: configurationOf(f.Function, f.version,
			c.arn(func(r *awssim.Region) string { return r.FunctionARN(c.Str("FunctionName"), c.Str("Qualifier")) })),
		Code: code{"S3", "https://awslambda-" + c.Region + "-tasks.s3." + c.Region + ".amazonaws.com/snapshots/" + f.Name},
	}
	if f.Reserved != nil {
		out.Concurrency = &concurrency{*f.Reserved}
	}
	for _, t := range f.Tags {
		if out.Tags == nil {
			out.Tags = map[string]string{}
		}
		out.Tags[t.Key] = t.Value
	}
	return out, nil
}

// listFunctions shows each function's $LATEST, and with FunctionVersion=ALL its other versions too.
func listFunctions(_ context.Context, c *Call) (any, error) {
	in := struct {
		Marker, FunctionVersion string
		MaxItems                int
	}{MaxItems: maxFunctions}
	if err := c.Bind(&in); err != nil || in.MaxItems < 1 {
		return nil, failure(http.StatusBadRequest, "InvalidParameterValueException", "MaxItems must be between 1 and 10000")
	}
	var all []configuration
	for _, f := range list(c, func(_ *awssim.State, r *awssim.Region) []awssim.Function { return r.Functions.Values() }) {
		all = append(all, configurationOf(f, "$LATEST", f.ARN))
		for _, version := range f.Versions {
			if in.FunctionVersion == "ALL" {
				all = append(all, configurationOf(f, version, f.ARN+":"+version))
			}
		}
	}
	part, next, ok := page(all, in.Marker, min(in.MaxItems, maxFunctions))
	if !ok {
		return nil, failure(http.StatusBadRequest, "InvalidParameterValueException", "Invalid Marker")
	}
	return struct {
		Functions  []configuration
		NextMarker string `json:",omitempty"`
	}{append([]configuration{}, part...), next}, nil
}
