#!/bin/sh
# An installation as docs/admin/install.md says it, run in a bare Debian by test_bare_install.py. Each step says how long it took.
set -eu
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 HOME=/root
step() { echo "STEP $1 $(($(date +%s) - began))"; began=$(date +%s); }
began=$(date +%s)
trap 'pg_ctlcluster --mode immediate "$(ls /etc/postgresql 2>/dev/null)" main stop >/dev/null 2>&1 || true' EXIT

apt-get update -qq
apt-get install -y -qq --no-install-recommends make python3-venv >/dev/null
step packages
cd /opt/citydesk/releases/1
make production >/tmp/production.log 2>&1 || { tail -n 30 /tmp/production.log; exit 1; }
step production
install() {
  .venv/bin/citydesk install --site https://desk.example.gov --mail-from 'City Desk <desk@example.gov>' \
    --no-mail-check --profile riverton --json
}
install >/tmp/first.json || { tail -n 30 /tmp/first.json; exit 1; }
step install
install >/tmp/second.json
step again
citydesk user create ada --name 'Ada Lovelace' --email ada@example.gov --role administrator --json >/tmp/user.json
step user
setsid citydesk serve --port "$1" --workers 1 --threads 4 >/tmp/serve.log 2>&1 &
.venv/bin/python - "$1" <<'P'
import sys, time, urllib.error, urllib.request
def get(path):
    asked = urllib.request.Request(f"http://127.0.0.1:{sys.argv[1]}{path}", headers={"Host": "desk.example.gov", "X-Forwarded-Proto": "https"})
    with urllib.request.urlopen(asked, timeout=60) as answer:
        return answer.status, answer.read().decode()
until = time.monotonic() + 300
while True:
    try:
        ready = get("/healthz/ready")
        break
    except (OSError, urllib.error.URLError):
        if time.monotonic() > until:
            raise
        time.sleep(1)
assert ready[0] == 200, ready
for path, word in (("/", "Riverton"), ("/accounts/login/", "Password"), ("/open311/v2/services.json", "pothole")):
    status, body = get(path)
    assert status == 200 and word in body, (path, status, body[:300])
P
step pages
citydesk doctor --json >/tmp/doctor.json || true
step doctor
