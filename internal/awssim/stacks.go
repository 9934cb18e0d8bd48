package awssim

import (
	"slices"
	"time"
)

// StackCreated is the status of a stack, and of its resources, that was created without trouble.
const StackCreated = "CREATE_COMPLETE"

// Stack is a CloudFormation stack.
type Stack struct {
	Name                  string
	ID                    string // its ARN
	Description           string
	Status                string
	Parameters            []StackParameter
	Outputs               []StackOutput
	Resources             []StackResource
	Tags                  []Tag
	TerminationProtection bool
	Created               time.Time
	Updated               time.Time // zero if it was never updated
}

// StackParameter is a parameter of a stack's template and its value. Its fields, and those of the types below, are named and
// shown as in the CloudFormation API reference.
type StackParameter struct {
	Key      string `xml:"ParameterKey"`
	Value    string `xml:"ParameterValue"`
	Resolved string `xml:"ResolvedValue,omitempty"` // of a parameter that names an SSM parameter
}

// StackOutput is an output of a stack.
type StackOutput struct {
	Key         string `xml:"OutputKey"`
	Value       string `xml:"OutputValue"`
	Description string `xml:"Description,omitempty"`
	ExportName  string `xml:"ExportName,omitempty"`
}

// StackResource is a resource of a stack.
type StackResource struct {
	LogicalID  string
	PhysicalID string
	Type       string
	Status     string
	Timestamp  time.Time
}

// CreateStack stores a stack. It fills in id, status and date, and the status and date of its resources.
func (r *Region) CreateStack(s Stack) Stack {
	s.ID = r.arn("cloudformation", "stack/"+s.Name+"/"+r.state.newUUID())
	s.Status = StackCreated
	s.Created = r.state.Now()
	s.Resources = slices.Clone(s.Resources)
	for i := range s.Resources {
		s.Resources[i].Status = StackCreated
		s.Resources[i].Timestamp = s.Created
	}
	r.Stacks.Put(s.Name, s)
	return s
}

// FindStack returns the stack with that name or id.
func (r *Region) FindStack(id string) (Stack, bool) {
	if s, ok := r.Stacks.Get(id); ok {
		return s, true
	}
	for _, s := range r.Stacks.All() {
		if s.ID == id {
			return s, true
		}
	}
	return Stack{}, false
}

// StackARN matches the ids of all stacks of that name: an id ends in a part that is chosen at random.
func (r *Region) StackARN(name string) string { return r.arn("cloudformation", "stack/"+name+"/*") }
