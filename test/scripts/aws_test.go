package scripts

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

// aws is the model's AWS CLI. It returns what the CLI would print.
func (w *world) aws(args []string) (any, error) {
	if w.Caller == "" {
		return nil, fmt.Errorf("unable to locate credentials")
	}
	region, command := option(args, "--region"), strings.Join(args[:2], " ")
	if command == w.Denied {
		return nil, fmt.Errorf("an error occurred (AccessDenied) when calling %s", command)
	}
	switch command {
	case "sts get-caller-identity":
		return map[string]any{"Account": w.Caller}, nil
	case "cloudformation describe-stacks":
		return map[string]any{"Stacks": w.describe(region)}, nil
	case "cloudformation list-stacks":
		return map[string]any{"StackSummaries": w.deleted(region)}, nil
	case "cloudformation list-stack-resources", "cloudformation get-template":
		return w.inspect(command, region, option(args, "--stack-name"))
	case "cloudformation update-termination-protection":
		s := w.live(region, option(args, "--stack-name"))
		s.Protected = false
		return nil, w.change("unprotect %s", s.Name)
	case "cloudformation delete-stack":
		s := w.live(region, option(args, "--stack-name"))
		if err := w.change("delete %s in %s", s.Name, region); err != nil {
			return nil, err
		}
		return nil, w.deleteStack(s)
	case "cloudformation wait":
		return nil, nil
	case "rds describe-global-clusters":
		return map[string]any{"GlobalClusters": w.globalClusters()}, nil
	case "rds describe-db-cluster-snapshots":
		return map[string]any{"DBClusterSnapshots": w.snapshots()}, nil
	case "s3api list-object-versions":
		return w.listVersions(option(args, "--bucket"), args)
	case "s3api delete-objects":
		return w.deleteObjects(option(args, "--bucket"), option(args, "--delete"))
	case "lambda invoke":
		return w.invoke(region, args)
	default:
		return nil, fmt.Errorf("the model does not know aws %s", command)
	}
}

func (w *world) describe(region string) []map[string]any {
	stacks := []map[string]any{}
	for _, s := range w.Stacks {
		if s.Region != region || s.Status == "DELETE_COMPLETE" {
			continue
		}
		var parameters []map[string]string
		if s.CDK {
			parameters = append(parameters, map[string]string{"ParameterKey": "BootstrapVersion"})
		}
		stacks = append(stacks, map[string]any{
			"StackName": s.Name, "StackStatus": s.Status, "EnableTerminationProtection": s.Protected, "Parameters": parameters,
		})
	}
	return stacks
}

func (w *world) deleted(region string) []map[string]any {
	stacks := []map[string]any{}
	for _, s := range slices.Backward(w.Stacks) {
		if s.Region == region && s.Status == "DELETE_COMPLETE" {
			stacks = append(stacks, map[string]any{"StackName": s.Name, "StackId": s.ID})
		}
	}
	return stacks
}

// inspect answers about one stack: by its name if it exists, by its ARN even if it is deleted.
func (w *world) inspect(command, region, name string) (any, error) {
	s := w.live(region, name)
	for _, candidate := range w.Stacks {
		if candidate.ID == name {
			s = candidate
		}
	}
	if s == nil {
		return nil, fmt.Errorf("stack %s does not exist", name)
	}
	if command == "cloudformation get-template" {
		return map[string]any{"TemplateBody": s.Template}, nil
	}
	return map[string]any{"StackResourceSummaries": s.Resources}, nil
}

func (w *world) globalClusters() []map[string]any {
	members := []map[string]any{}
	for i, region := range w.Members {
		arn := fmt.Sprintf("arn:aws:rds:%s:%s:cluster:one", region, account)
		members = append(members, map[string]any{"DBClusterArn": arn, "IsWriter": i == 0})
	}
	ours := map[string]any{
		"GlobalClusterIdentifier": strings.ToLower("PriDeploy-" + w.Application + "-infra-pri-Global"), "GlobalClusterMembers": members,
	}
	if w.Moving {
		ours["FailoverState"] = map[string]any{"Status": "failing-over"}
	}
	other := map[string]any{
		"GlobalClusterIdentifier": "of-somebody-else", "FailoverState": map[string]any{"Status": "failing-over"},
		"GlobalClusterMembers": []any{map[string]any{"DBClusterArn": "arn:aws:rds:eu-west-1:" + account + ":cluster:other", "IsWriter": true}},
	}
	return []map[string]any{other, ours}
}

func (w *world) snapshots() []map[string]any {
	list := []map[string]any{}
	for _, cluster := range slices.Sorted(maps.Keys(w.Snapshots)) {
		list = append(list, map[string]any{"DBClusterIdentifier": cluster, "DBClusterSnapshotIdentifier": w.Snapshots[cluster]})
	}
	return list
}

// pageSize is how many versions S3 lists and deletes at most in a request.
const pageSize = 1000

func (w *world) listVersions(bucket string, args []string) (any, error) {
	objects, ok := w.Buckets[bucket]
	switch {
	case !ok:
		return nil, fmt.Errorf("an error occurred (NoSuchBucket): the specified bucket does not exist")
	case len(objects) == 0:
		return nil, nil
	case slices.Contains(args, "--no-paginate"):
		objects = objects[:min(pageSize, len(objects))]
	}
	answer := map[string][]object{}
	for _, o := range objects {
		kind := map[bool]string{true: "DeleteMarkers", false: "Versions"}[o.Marker]
		answer[kind] = append(answer[kind], o)
	}
	return answer, nil
}

func (w *world) deleteObjects(bucket, request string) (any, error) {
	data, err := os.ReadFile(strings.TrimPrefix(request, "file://"))
	if err != nil {
		return nil, err
	}
	var body struct{ Objects []object }
	if err := json.Unmarshal(data, &body); err != nil {
		return nil, err
	}
	if len(body.Objects) > pageSize {
		return nil, fmt.Errorf("MalformedXML: %d objects in a request", len(body.Objects))
	}
	if err := w.change("empty %s", bucket); err != nil {
		return nil, err
	}
	var refused []map[string]string
	w.Buckets[bucket] = slices.DeleteFunc(w.Buckets[bucket], func(o object) bool {
		asked := slices.ContainsFunc(body.Objects, func(a object) bool { return a.Key == o.Key && a.VersionId == o.VersionId })
		if asked && o.Held {
			refused = append(refused, map[string]string{"Key": o.Key, "Message": "Access Denied"})
		}
		return asked && !o.Held
	})
	if refused == nil {
		return nil, nil
	}
	return map[string]any{"Errors": refused}, nil
}

// invoke is Lambda's: the answer goes into the file that is the last argument, and a function that fails is a success.
func (w *world) invoke(region string, args []string) (any, error) {
	payload, err := os.ReadFile(strings.TrimPrefix(option(args, "--payload"), "fileb://"))
	if err != nil {
		return nil, err
	}
	if err := w.change("invoke %s in %s with %s", option(args, "--function-name"), region, payload); err != nil {
		return nil, err
	}
	return map[string]any{"StatusCode": 200}, os.WriteFile(args[len(args)-1], []byte(w.Answer), 0o600)
}
