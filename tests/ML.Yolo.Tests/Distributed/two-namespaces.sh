#!/bin/sh
# Runs a program as two ranks, each in a network namespace of its own: two-namespaces.sh MPIRUN PROGRAM [ARGUMENT …]
# All that one rank tells the other goes over the pair of devices between them, as over the network of two machines. Needs root, and the command ip.
# Ends with 77 where there can be none, and prints the bytes that went over.
set -e
mpirun=$1
shift
name=ml-yolo-$$
first=10.213.7.1
second=10.213.7.2
folder=$(mktemp -d)
trap 'ip netns del $name-1 2>/dev/null; ip netns del $name-2 2>/dev/null; rm -rf "$folder"' EXIT
{ ip netns add $name-1 && ip netns add $name-2 && ip link add y1 netns $name-1 type veth peer name y2 netns $name-2; } 2>/dev/null || exit 77
for number in 1 2; do
  ip -n $name-$number addr add 10.213.7.$number/24 dev y$number
  ip -n $name-$number link set lo up
  ip -n $name-$number link set y$number up
done
until ip -n $name-1 -br link show y1 | grep -q ' UP ' && ip -n $name-2 -br link show y2 | grep -q ' UP '; do sleep 0.1; done

# What mpirun takes for ssh: [OPTION …] HOST COMMAND.
cat > "$folder/remote" <<REMOTE
#!/bin/sh
while [ "\${1#-}" != "\$1" ]; do shift; done
number=\${1##*.}
shift
exec ip netns exec $name-\$number /bin/sh -c "\$*"
REMOTE
chmod +x "$folder/remote"

# Both are on one machine after all, and would rather share its memory.
export UCX_TLS=tcp,self MPIR_CVAR_NOLOCAL=1 OMP_NUM_THREADS=1
ip netns exec $name-1 "$mpirun" -launcher ssh -launcher-exec "$folder/remote" -iface y1 -hosts $first,$second -ppn 1 -n 2 "$@"
echo "bytes $(ip netns exec $name-1 cat /sys/class/net/y1/statistics/tx_bytes)"
