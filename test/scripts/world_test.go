package scripts

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
)

// account is the account that the application is configured for, unless a test says otherwise.
const account = "210987654321"

// world is the AWS account as the model knows it. It lives in a file, because each command is a process of its own.
type world struct {
	// Caller is the account of the credentials. Empty means that there are none.
	Caller string
	// Configured is the account that the application synthesizes for.
	Configured string
	// Application is the application's name.
	Application string
	// Stacks are all stacks, deleted ones too, in the order of their creation.
	Stacks []*stack
	// Buckets are the objects of each bucket.
	Buckets map[string][]object
	// Taken are the fixed names, each after its Region, that something has: a stack's resource, or what a stack left behind.
	Taken []string
	// Late is how many objects arrive in a bucket while its stack is being deleted for the first time.
	Late map[string]int
	// Members are the Regions with a cluster in the global cluster; the first is the writer's.
	Members []string
	// Moving says that a switchover is in progress.
	Moving bool
	// Answer is what CreateTableFunction answers.
	Answer string
	// Snapshots are the manual snapshots, by cluster.
	Snapshots map[string]string
	// Broken are changes that fail, once each. Interrupted are changes during which the operator types Ctrl-C.
	Broken, Interrupted []string
	// Denied is a command of the AWS CLI that the caller may not use.
	Denied string
	// Changes are the changes that were asked for, in order, in short.
	Changes []string
	// Calls are the commands as they were called.
	Calls []string
}

// stack is a CloudFormation stack.
type stack struct {
	ID, Region, Name, Status string
	Protected, CDK           bool
	Template                 template
	Resources                []*resource
}

// template is as much of a CloudFormation template as the scripts read.
type template struct {
	Resources map[string]templateResource
}

// templateResource is a resource in a template.
type templateResource struct {
	Type           string
	DeletionPolicy string         `json:",omitempty"`
	Properties     map[string]any `json:",omitempty"`
}

// resource is a resource of a stack, with CloudFormation's names in JSON.
type resource struct {
	LogicalResourceId, ResourceType, PhysicalResourceId, ResourceStatus string
}

// object is a version of an object, or a delete marker.
type object struct {
	Key, VersionId string
	Marker         bool
	// Held is a version that S3 refuses to delete.
	Held bool
}

// statePath is where the model's process and the test meet.
const statePath = "WARMSTANDBY_TEST_WORLD"

func load(path string) (*world, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	w := &world{}
	return w, json.Unmarshal(data, w)
}

func (w *world) save(path string) error {
	data, err := json.Marshal(w)
	if err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o600)
}

// live is the stack of a name in a Region, nil if there is none.
func (w *world) live(region, name string) *stack {
	for _, s := range w.Stacks {
		if s.Region == region && s.Name == name && s.Status != "DELETE_COMPLETE" {
			return s
		}
	}
	return nil
}

// names lists the stacks that exist.
func (w *world) names() []string {
	var names []string
	for _, s := range w.Stacks {
		if s.Status != "DELETE_COMPLETE" {
			names = append(names, s.Region+" "+s.Name)
		}
	}
	return names
}

// change notes a change that was asked for, and fails if the test wants it to.
func (w *world) change(format string, args ...any) error {
	what := fmt.Sprintf(format, args...)
	w.Changes = append(w.Changes, what)
	if i := slices.Index(w.Broken, what); i >= 0 {
		w.Broken = slices.Delete(w.Broken, i, i+1)
		return fmt.Errorf("%s: broken by the test", what)
	}
	if i := slices.Index(w.Interrupted, what); i >= 0 {
		w.Interrupted = slices.Delete(w.Interrupted, i, i+1)
		return errInterrupted
	}
	return nil
}

// create adds a stack with the resources of its template.
func (w *world) create(s *stack) *stack {
	s.ID = fmt.Sprintf("arn:aws:cloudformation:%s:%s:stack/%s/%d", s.Region, account, s.Name, len(w.Stacks))
	s.Status = "CREATE_COMPLETE"
	for id, r := range s.Template.Resources {
		physical := strings.ToLower(s.Name + "-" + id)
		s.Resources = append(s.Resources, &resource{id, r.Type, physical, "CREATE_COMPLETE"})
		if _, ok := w.Buckets[physical]; !ok && r.Type == "AWS::S3::Bucket" {
			w.Buckets[physical] = nil
		}
	}
	w.Stacks = append(w.Stacks, s)
	return s
}

// claim takes the fixed names of a stack's resources, and fails like CloudFormation if something has one of them already.
func (w *world) claim(p planned) error {
	names := p.fixedNames(func(templateResource) bool { return true })
	for _, name := range names {
		if slices.Contains(w.Taken, name) {
			return fmt.Errorf("%s: %s already exists", p.Name, name)
		}
	}
	w.Taken = append(w.Taken, names...)
	return nil
}

// rollBack undoes the creation of a stack that fails at its last resource, which is the cluster where there is one. Of the others
// CloudFormation keeps those with the deletion policy Retain, and so their names.
func (w *world) rollBack(p planned) {
	w.Taken = append(w.Taken, p.fixedNames(func(r templateResource) bool {
		return r.DeletionPolicy == "Retain" && r.Type != "AWS::RDS::DBCluster"
	})...)
}

// release frees the fixed name of a resource that is deleted.
func (w *world) release(region string, r templateResource) {
	w.Taken = slices.DeleteFunc(w.Taken, func(name string) bool { return name == fixedName(region, r) })
}

// fixedName is the name that a template gives a resource, after its Region, or empty if CloudFormation makes one up.
func fixedName(region string, r templateResource) string {
	if name, ok := r.Properties["Name"]; ok {
		return fmt.Sprint(region, " ", r.Type, " ", name)
	}
	return ""
}

// fixedNames are the fixed names of some of a planned stack's resources.
func (p planned) fixedNames(of func(templateResource) bool) []string {
	var names []string
	for _, r := range p.Template.Resources {
		if name := fixedName(p.Region, r); name != "" && of(r) {
			names = append(names, name)
		}
	}
	return names
}

// fill puts versions and delete markers into a bucket.
func (w *world) fill(bucket string, versions, markers int) {
	for i := range versions + markers {
		w.Buckets[bucket] = append(w.Buckets[bucket], object{
			Key: fmt.Sprintf("a key with \"quotes\" and ünicode/%d", i), VersionId: fmt.Sprint("v", i), Marker: i >= versions,
		})
	}
}
