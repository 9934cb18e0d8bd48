package rehearsal

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mutant is a copy of the assembly that something is wrong with.
type mutant struct {
	t   *testing.T
	dir string
}

// newMutant copies the assembly of the application as it is.
func newMutant(t *testing.T) mutant {
	t.Helper()
	return mutantOf(t, assembly)
}

// mutantOf copies an assembly. Assets are linked, because nobody changes them.
func mutantOf(t *testing.T, assembly string) mutant {
	t.Helper()
	m := mutant{t, t.TempDir()}
	original := os.DirFS(assembly)
	err := fs.WalkDir(original, ".", func(path string, entry fs.DirEntry, err error) error {
		copied := filepath.Join(m.dir, path)
		switch {
		case err != nil || path == ".":
			return err
		case strings.HasPrefix(path, "asset."):
			if err := os.Symlink(filepath.Join(assembly, path), copied); err != nil || !entry.IsDir() {
				return err
			}
			return fs.SkipDir
		case entry.IsDir():
			return os.Mkdir(copied, 0o700)
		}
		data, err := fs.ReadFile(original, path)
		if err != nil {
			return err
		}
		return os.WriteFile(copied, data, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// template is a stack's template.
type template struct {
	t         *testing.T
	resources map[string]any
}

// edit edits the template of the one stack whose construct has the ID stack, such as ToDoMgmt-app-pri in a stage, or ToDoMgmt-edge.
func (m mutant) edit(stack string, edit func(template)) {
	m.t.Helper()
	pattern := filepath.Join(m.dir, "*", "*"+strings.ReplaceAll(stack, "-", "")+"*.template.json")
	found, err := filepath.Glob(pattern)
	if own := filepath.Join(m.dir, stack+".template.json"); err == nil && len(found) == 0 {
		found, err = filepath.Glob(own)
	}
	if err != nil || len(found) != 1 {
		m.t.Fatalf("%s is %v, %v", pattern, found, err)
	}
	text, err := os.ReadFile(found[0])
	if err != nil {
		m.t.Fatal(err)
	}
	var document map[string]any
	if err := json.Unmarshal(text, &document); err != nil {
		m.t.Fatal(err)
	}
	edit(template{m.t, document["Resources"].(map[string]any)})
	edited, err := json.Marshal(document)
	if err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(found[0], edited, 0o600); err != nil {
		m.t.Fatal(err)
	}
}

// find returns the logical ID of the one resource of a type whose logical ID begins with prefix.
func (t template) find(resourceType, prefix string) string {
	t.t.Helper()
	var found []string
	for id, resource := range t.resources {
		if resource.(map[string]any)["Type"] == resourceType && strings.HasPrefix(id, prefix) {
			found = append(found, id)
		}
	}
	if len(found) != 1 {
		t.t.Fatalf("the resources of type %s that begin with %s are %v", resourceType, prefix, found)
	}
	return found[0]
}

// properties returns the properties of a resource; see find.
func (t template) properties(resourceType, prefix string) map[string]any {
	t.t.Helper()
	return t.resources[t.find(resourceType, prefix)].(map[string]any)["Properties"].(map[string]any)
}

// remove removes a resource; see find.
func (t template) remove(resourceType, prefix string) {
	t.t.Helper()
	delete(t.resources, t.find(resourceType, prefix))
}

// deny removes an action from the policy whose logical ID begins with prefix, and the policy if it allows nothing else.
func (t template) deny(prefix, action string) {
	t.t.Helper()
	document := t.properties("AWS::IAM::Policy", prefix)["PolicyDocument"].(map[string]any)
	removed := false
	document["Statement"] = slices.DeleteFunc(document["Statement"].([]any), func(statement any) bool {
		s := statement.(map[string]any)
		actions, several := s["Action"].([]any)
		if !several {
			actions = []any{s["Action"]}
		}
		left := slices.DeleteFunc(slices.Clone(actions), func(a any) bool { return a == action })
		removed = removed || len(left) < len(actions)
		s["Action"] = left
		return len(left) == 0
	})
	if !removed {
		t.t.Fatalf("%s does not allow %s", prefix, action)
	}
	if len(document["Statement"].([]any)) == 0 { // the policy stays, because others may wait for it
		document["Statement"] = []any{map[string]any{"Effect": "Deny", "Action": action, "Resource": "*"}}
	}
}

// rename renames a key of an object.
func (t template) rename(object any, from, to string) {
	t.t.Helper()
	o := object.(map[string]any)
	value, ok := o[from]
	if !ok {
		t.t.Fatalf("there is no %s in %v", from, o)
	}
	delete(o, from)
	o[to] = value
}
