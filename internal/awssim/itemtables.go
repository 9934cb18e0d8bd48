package awssim

import "time"

// ItemTable is a DynamoDB table and its items. Who changes them changes a copy, see [Table.Copy].
type ItemTable struct {
	Name    string
	ARN     string
	HashKey string
	SortKey string // empty if there is none
	TTL     string // the attribute that says when an item expires; empty if none does
	Created time.Time
	Items   Table[map[string]any] // by their keys, as attribute values
}

// CreateItemTable stores a table. It fills in ARN and date.
func (r *Region) CreateItemTable(t ItemTable) ItemTable {
	t.ARN = r.arn("dynamodb", "table/"+t.Name)
	t.Created = r.state.Now()
	r.ItemTables.Put(t.Name, t)
	return t
}
