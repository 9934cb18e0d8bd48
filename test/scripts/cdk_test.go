package scripts

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
)

// cdk is the model's CDK CLI.
func (w *world) cdk(args []string) error {
	switch args[0] {
	case "synth":
		return w.synth(args)
	case "bootstrap":
		return w.bootstrap(args[1:])
	case "deploy":
		stacks, err := readPlan(option(args, "--app"))
		if err != nil {
			return err
		}
		return w.deploy(stacks, args[1], slices.Contains(args, "--exclusively"))
	case "destroy":
		stacks, err := readPlan(option(args, "--app"))
		if err != nil {
			return err
		}
		if !slices.Contains(args, "--exclusively") || !slices.Contains(args, "--force") {
			return fmt.Errorf("destroy would ask, or delete more than %s", args[1])
		}
		return w.destroy(stacks, args[1])
	}
	return fmt.Errorf("the model does not know cdk %s", args[0])
}

// option is the value of an option, empty if it is not there.
func option(args []string, name string) string {
	if i := slices.Index(args, name); i >= 0 && i+1 < len(args) {
		return args[i+1]
	}
	return ""
}

func (w *world) synth(args []string) error {
	name, policy, arpio := w.Application, "retain", false
	for i, arg := range args {
		if arg != "-c" {
			continue
		}
		switch key, value, _ := strings.Cut(args[i+1], "="); key {
		case "applicationName":
			name = value
		case "removalPolicy":
			policy = value
		case "arpioAccountId":
			arpio = true
		case "secondaryRegion":
			return fmt.Errorf("secondaryRegion must differ from primaryRegion, got %s twice", value)
		}
	}
	stacks := plan(name, policy)
	if arpio {
		stacks = append(stacks, recoveryPlan(name, policy))
	}
	return writeAssembly(option(args, "--output"), w.Configured, stacks)
}

func readPlan(folder string) ([]planned, error) {
	data, err := os.ReadFile(filepath.Join(folder, planFile))
	if err != nil {
		return nil, err
	}
	var stacks []planned
	return stacks, json.Unmarshal(data, &stacks)
}

func find(stacks []planned, id string) (planned, error) {
	for _, p := range stacks {
		if p.ID == id {
			return p, nil
		}
	}
	return planned{}, fmt.Errorf("no stack matches %s", id)
}

func (w *world) bootstrap(args []string) error {
	for _, environment := range args {
		if strings.HasPrefix(environment, "-") {
			return nil
		}
		region, ok := strings.CutPrefix(environment, "aws://"+account+"/")
		if !ok {
			return fmt.Errorf("cannot bootstrap %s", environment)
		}
		if err := w.change("bootstrap %s", region); err != nil {
			return err
		}
		if w.live(region, "CDKToolkit") == nil {
			w.create(&stack{Region: region, Name: "CDKToolkit", Template: template{map[string]templateResource{
				"StagingBucket": {Type: "AWS::S3::Bucket", DeletionPolicy: "Retain"},
			}}})
		}
	}
	return nil
}

// updatable are the statuses in which CloudFormation updates a stack.
var updatable = []string{"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"}

func (w *world) deploy(stacks []planned, id string, exclusively bool) error {
	p, err := find(stacks, id)
	if err != nil {
		return err
	}
	for _, before := range p.After {
		q, err := find(stacks, before)
		if err != nil {
			return err
		}
		if !exclusively && filepath.Dir(before) == filepath.Dir(id) {
			if err := w.deploy(stacks, before, false); err != nil {
				return err
			}
		}
		if w.live(q.Region, q.Name) == nil {
			return fmt.Errorf("%s needs %s", id, before)
		}
	}
	if w.live(p.Region, "CDKToolkit") == nil {
		return fmt.Errorf("%s is not bootstrapped", p.Region)
	}
	s := w.live(p.Region, p.Name)
	if s != nil && s.Protected == p.Protected && reflect.DeepEqual(s.Template, p.Template) {
		return nil
	}
	if err := w.change("deploy %s", id); err != nil {
		if s == nil {
			w.rollBack(p)
		}
		return err
	}
	return w.update(s, p)
}

// update creates or updates a stack.
func (w *world) update(s *stack, p planned) error {
	if s == nil {
		if err := w.claim(p); err != nil {
			return err
		}
		s = w.create(&stack{Region: p.Region, Name: p.Name, CDK: true, Template: p.Template})
		if strings.Contains(p.Name, "-infra-") {
			w.Members = append(w.Members, p.Region)
		}
	} else if !slices.Contains(updatable, s.Status) {
		return fmt.Errorf("%s is %s and cannot be updated", s.Name, s.Status)
	}
	s.Template, s.Protected = p.Template, p.Protected
	return nil
}

func (w *world) destroy(stacks []planned, id string) error {
	p, err := find(stacks, id)
	if err != nil {
		return err
	}
	if err := w.change("destroy %s", id); err != nil {
		return err
	}
	s := w.live(p.Region, p.Name)
	switch {
	case s == nil:
		return nil
	case s.Protected:
		return fmt.Errorf("%s has termination protection", s.Name)
	}
	for _, q := range stacks {
		// The two infrastructure stacks depend on each other's databases, which the model knows better.
		if slices.Contains(q.After, id) && !strings.HasSuffix(q.ID, "-infra-secd") && w.live(q.Region, q.Name) != nil {
			return fmt.Errorf("%s is used by %s", s.Name, q.Name)
		}
	}
	return w.deleteStack(s)
}

// deleteStack deletes a stack's resources, and the stack if nothing held one back.
func (w *world) deleteStack(s *stack) error {
	s.Status = "DELETE_COMPLETE"
	var failed []string
	// Clusters first: the global cluster cannot go before them.
	slices.SortFunc(s.Resources, func(a, b *resource) int { return strings.Compare(a.ResourceType, b.ResourceType) })
	for _, r := range s.Resources {
		if r.ResourceStatus == "DELETE_COMPLETE" {
			continue
		}
		r.ResourceStatus = "DELETE_COMPLETE"
		definition := s.Template.Resources[r.LogicalResourceId]
		if strings.HasPrefix(definition.DeletionPolicy, "Retain") {
			r.ResourceStatus = "DELETE_SKIPPED"
		} else if err := w.deleteResource(s, r, definition); err != nil {
			r.ResourceStatus, s.Status = "DELETE_FAILED", "DELETE_FAILED"
			failed = append(failed, err.Error())
		} else {
			w.release(s.Region, definition)
		}
	}
	if len(failed) > 0 {
		return fmt.Errorf("%s is DELETE_FAILED: %s", s.Name, strings.Join(failed, "; "))
	}
	return nil
}

func (w *world) deleteResource(s *stack, r *resource, definition templateResource) error {
	switch r.ResourceType {
	case "AWS::S3::Bucket":
		w.fill(r.PhysicalResourceId, w.Late[r.PhysicalResourceId], 0)
		delete(w.Late, r.PhysicalResourceId)
		if n := len(w.Buckets[r.PhysicalResourceId]); n > 0 {
			return fmt.Errorf("bucket %s has %d objects", r.PhysicalResourceId, n)
		}
		delete(w.Buckets, r.PhysicalResourceId)
	case "AWS::RDS::DBCluster":
		i := slices.Index(w.Members, s.Region)
		switch {
		case definition.Properties["DeletionProtection"] == true:
			return fmt.Errorf("cannot delete protected cluster %s", r.PhysicalResourceId)
		case i == 0 && len(w.Members) > 1:
			return fmt.Errorf("writer %s has readers", r.PhysicalResourceId)
		}
		w.Members = slices.Delete(w.Members, i, i+1)
	case "AWS::Cognito::UserPool":
		if definition.Properties["DeletionProtection"] == "ACTIVE" {
			return fmt.Errorf("cannot delete protected user pool %s", r.PhysicalResourceId)
		}
	case "AWS::RDS::GlobalCluster":
		if len(w.Members) > 0 {
			return fmt.Errorf("global cluster %s is not empty", r.PhysicalResourceId)
		}
	}
	return nil
}
