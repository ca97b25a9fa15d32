"""The systemd units: web server, worker, event process, and the nightly backup."""

from config.install.answers import Answers

ETC, VAR, BACKUPS, OPT = "/etc/citydesk", "/var/lib/citydesk", "/var/backups/citydesk", "/opt/citydesk"
CURRENT = f"{OPT}/current"
PYTHON = f"{CURRENT}/.venv/bin/python"
WEB_PORT, EVENTS_PORT = 8000, 8001
SERVICES = ("citydesk-web", "citydesk-worker", "citydesk-events")

# What none of the three needs. `systemd-analyze security` counts them; docs/admin/install.md gives its figures.
HARDENING = """\
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
ProtectProc=invisible
ProcSubset=pid
ProtectClock=yes
ProtectHostname=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
PrivateTmp=yes
PrivateDevices=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
CapabilityBoundingSet=
AmbientCapabilities=
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
SystemCallErrorNumber=EPERM
UMask=0027
ReadWritePaths={writes}
"""
# Charts are drawn by an engine that compiles as it runs, in the worker alone.
NO_NEW_CODE = "MemoryDenyWriteExecute=yes\n"

UNIT = """\
# Written by `citydesk install`; a change of yours belongs in `systemctl edit {name}`.
[Unit]
Description=Citydesk: {what}
After=network-online.target postgresql.service
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
User=citydesk
Group=citydesk
EnvironmentFile={etc}/citydesk.env
{more}WorkingDirectory={var}
{service}
{hardening}
[Install]
WantedBy=multi-user.target
"""
STAYS = "Restart=always\nRestartSec=1\nKillMode=mixed\n"


def unit(name: str, what: str, service: str, *, may_compile: bool = False, writes: str = VAR, more: str = "") -> str:
    """A unit's whole text."""
    hardening = HARDENING.format(writes=writes) + ("" if may_compile else NO_NEW_CODE)
    return UNIT.format(name=name, what=what, etc=ETC, var=VAR, service=service, hardening=hardening, more=more)


def units(answers: Answers) -> dict[str, str]:
    """File name to text."""
    workers = max(2, answers.cores)
    web = (
        "Type=exec\nRuntimeDirectory=citydesk-web\nEnvironment=PROMETHEUS_MULTIPROC_DIR=/run/citydesk-web\n"
        f"ExecStart={PYTHON} -m config.cli serve --port {WEB_PORT} --workers {workers} --threads 4\n"
        # The main process holds the address and replaces its workers one by one: nobody is turned away.
        "ExecReload=/bin/sh -c 'kill -HUP $MAINPID'\nTimeoutStopSec=45\n"
    )
    # Each tells the service manager that its loop turns; one that hangs is ended and started anew.
    told = "Type=notify\nNotifyAccess=main\nWatchdogSec=60\nTimeoutStartSec=120\nTimeoutStopSec=45\n"
    worker = f"{told}ExecStart={PYTHON} -m config.cli work\n"
    events = f"{told}LimitNOFILE=65536\nExecStart={PYTHON} -m config.cli events --port {EVENTS_PORT}\n"
    backup = f"Type=oneshot\nNice=10\nExecStart={PYTHON} -m config.cli backup --base --into {BACKUPS} --keep 14\n"
    return {
        "citydesk-web.service": unit("citydesk-web", "web server", web + STAYS),
        "citydesk-worker.service": unit("citydesk-worker", "background worker", worker + STAYS, may_compile=True),
        "citydesk-events.service": unit("citydesk-events", "live news of open pages", events + STAYS),
        "citydesk-backup.service": unit(
            "citydesk-backup",
            "nightly backup",
            backup,
            writes=f"{VAR} {BACKUPS}",
            more=f"EnvironmentFile=-{ETC}/backup.env\n",
        ).partition("\n[Install]")[0]
        + "\n",
        "citydesk-backup.timer": TIMER,
    }


TIMER = """\
# Written by `citydesk install`; a change of yours belongs in `systemctl edit citydesk-backup.timer`.
[Unit]
Description=Citydesk: when the nightly backup runs

[Timer]
OnCalendar=*-*-* 02:30:00
RandomizedDelaySec=10min
Persistent=yes

[Install]
WantedBy=timers.target
"""
