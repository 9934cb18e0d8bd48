// Package rebuild makes a global database of two again after a detach: the cluster that was detached writes on its own, and the
// other Region's cluster, which writes no more, belongs to the global database that was left behind.
//
// Aurora cannot take a cluster that exists back as a secondary. So the other Region's cluster is deleted and created anew, with its
// own names, network, key, parameters and instances (Aurora User Guide, "Performing manual failovers for Aurora global databases"
// and "Recreating the original topology"). What it has that the writer has not received stays in two snapshots.
//
// A [Rebuild] is level-triggered. It looks, does the first [Step] that is missing, and looks again:
//
//	record → snapshot → leave → drop-global → create-global → deregister → unprotect → delete-instances → delete-cluster →
//	create-cluster → create-instances → connect → register → reach
//
// It can be stopped at any point and run again. The only thing that AWS does not keep, what the deleted cluster was like, is in a
// [Recipe], which is stored before anything is changed; nothing is deleted without one.
//
// # What it deletes
//
// One cluster, and only if everything of this holds: its identifier is the one in the topology of the Region that does not write;
// its resource id, which no other cluster ever has, is the one in the recipe; its snapshot is available; and the global database
// exists anew with the other Region's cluster as its writer.
//
// # What is left out
//
// The IAM policy with which the Region's proxy logs in to the cluster names the cluster's resource id, which changes. The command
// does not change policies: [Plan] says what to do. Backtrack, associated roles, activity streams and custom endpoints of the deleted
// cluster are not made again; package globaldatabase defines none of them.
package rebuild
