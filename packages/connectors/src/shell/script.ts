/**
 * The supervisor of one program: a POSIX shell script, because nothing smaller is everywhere.
 *
 * It leads a process group of its own. File descriptor 3 is its lifeline: Reeve holds the other end and writes nothing,
 * so reading it ends when Reeve lets go, or dies, also by SIGKILL. A watcher in the group then ends everything. File
 * descriptor 4 tells Reeve "begun" and "exit N". The program gets neither.
 *
 * Arguments: nonce, memory (KiB), cpu (s), file (512-byte blocks), open files, then the command.
 */
export const SUPERVISOR = `
nonce=$1
{ ulimit -c 0; ulimit -d "$2"; ulimit -t "$3"; ulimit -f "$4"; ulimit -n "$5"; } 2>/dev/null
shift 5
# Programs that left the group are known by a mark in their environment, where the system shows it.
sweep() {
  for again in 1 2 3 4 5; do
    places=$(grep -ls "REEVE_CALL=$nonce" /proc/[0-9]*/environ)
    [ -n "$places" ] || return 0
    for place in $places; do
      place=\${place#/proc/}
      kill -KILL "\${place%/environ}"
    done
  done
}
trap : TERM
{
  trap '' TERM
  read -r _ <&3
  kill -TERM 0
  sleep 0.3
  sweep
  kill -KILL 0
} 4>&- >/dev/null 2>&1 &
"$@" 3<&-
code=$?
sweep 2>/dev/null
echo "exit $code" >&4
`;

/** Runs the program without shutting it in. Arguments: the command. */
export const PLAIN = `
echo begun >&4
exec 4>&-
exec "$@"
`;

/**
 * First process of its own process, mount, network and IPC namespaces: when it ends, the kernel ends everything in them.
 * The workspace is the only place that can be written; the hidden folders are empty; all rights over the namespaces are
 * given up before the program starts.
 *
 * Arguments: workspace, rw or ro, most processes, number of hidden folders, those folders, then the command. The limit
 * of processes is set here because outside it would count all processes of the user.
 */
export const ISOLATED = `
set -e
work=$1 mode=$2 processes=$3 hidden=$4
shift 4
cd "$work"
mount --bind "$work" "$work"
cd "$work"
while [ "$hidden" -gt 0 ]; do
  mount -t tmpfs -o mode=755,size=64k reeve "$1"
  shift
  hidden=$((hidden - 1))
done
mkdir -p "$work"
mount --no-canonicalize --bind /proc/self/cwd "$work"
[ "$mode" = ro ] && mount -o remount,bind,ro "$work"
while read -r _ _ _ _ place options _; do
  case $place in *\\\\*) place=$(printf %b "$place") ;; esac
  case $place in "$work" | /proc | /proc/*) continue ;; esac
  # What lies under a hidden folder cannot be reached any more.
  [ -e "$place" ] || continue
  case $options in
    rw,*) mount -o "remount,bind,ro,\${options#rw,}" "$place" ;;
    rw) mount -o remount,bind,ro "$place" ;;
  esac
done </proc/self/mountinfo
cd "$work"
set +e
{ ulimit -u "$processes" || ulimit -p "$processes"; } 2>/dev/null
echo begun >&4
setpriv --bounding-set=-all --inh-caps=-all --no-new-privs -- "$@" 4>&-
exit $?
`;
