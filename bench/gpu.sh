#!/bin/sh
# Runs on a machine with an NVIDIA GPU what cannot be tried without one: the tests that compare the GPU with the processor,
# then the speed of both. Writes what it finds to a folder, and a table to standard output. See docs/gpu.md.
#
#   bench/gpu.sh [FOLDER]      default: runs/gpu-DATE
#   STEPS=1000 bench/gpu.sh    training steps of each measurement, default 300
set -eu

home=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
out=${1:-$home/runs/gpu-$(date +%Y%m%d-%H%M%S)}
steps=${STEPS:-300}
images=256
export CALOTYPE_MAVEN_OPTS=-Pgpu

if ! command -v nvidia-smi >/dev/null 2>&1; then
    echo "gpu.sh: there is no nvidia-smi, so no driver: nothing to measure here" >&2
    exit 1
fi
mkdir -p "$out"
out=$(CDPATH='' cd -- "$out" && pwd)
cd "$home"

nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader >"$out/gpu.txt"
lscpu 2>/dev/null | grep -E '^(Model name|CPU\(s\))' >"$out/cpu.txt" || true
git rev-parse HEAD >"$out/commit.txt" 2>/dev/null || true

./mvnw -q -B -Pgpu -DskipTests package
./calotype doctor --json >"$out/doctor.json"
if ! grep -q '"gpus":[1-9]' "$out/doctor.json"; then
    echo "gpu.sh: the engine finds no GPU; ./calotype doctor says why:" >&2
    ./calotype doctor >&2
    exit 1
fi

echo "Tests that compare the GPU with the processor" >&2
./mvnw -B -Pgpu -pl core test -Dgroups=gpu >"$out/tests.txt" 2>&1 || {
    tail -n 40 "$out/tests.txt" >&2
    echo "gpu.sh: tests failed, see $out/tests.txt; speed is not measured" >&2
    exit 1
}

# The number that follows a name in a JSON object on standard input.
number() {
    sed -n "s/.*\"$1\":\([0-9.eE+-]*\).*/\1/p" | tail -n 1
}

# The last line of standard output is the JSON object.
{
    echo "| device | precision | training, images/s | sampling, images/s |"
    echo "|---|---|---|---|"
    for device in cpu cuda; do
        for precision in fp32 bf16; do
            name=$device-$precision
            ./calotype train quickstart --device "$device" --precision "$precision" --set name="$name" \
                --set training.minutes=0 --set training.steps="$steps" --out "$out/runs" --json >"$out/train-$name.json"
            run=$(sed -n 's/.*"run":"\([^"]*\)".*/\1/p' "$out/train-$name.json" | tail -n 1)
            ./calotype sample "$run" -n "$images" --device "$device" --precision "$precision" \
                --out "$out/sample-$name" --json >"$out/sample-$name.json"
            trained=$(number images_per_second <"$out/train-$name.json")
            seconds=$(number seconds <"$out/sample-$name.json")
            drawn=$(awk -v n="$images" -v s="$seconds" 'BEGIN { printf "%.1f", n / s }')
            echo "| $device | $precision | $(printf '%.1f' "$trained") | $drawn |"
        done
    done
} | tee "$out/table.md"

if ./calotype help bench >/dev/null 2>&1; then
    for work in train sample; do
        ./calotype bench "$work" --json >"$out/bench-$work.json" || echo "gpu.sh: bench $work failed" >&2
    done
fi
echo "Written to $out" >&2
