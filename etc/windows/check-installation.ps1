# Looks at the installation and changes nothing: the service, its restarts, its pipe, who may do what in each folder. Exit code 0 only if all is
# as it must be; etc/attack-surface.md explains the lists.
#   powershell -ExecutionPolicy Bypass -File check-installation.ps1
# In a PowerShell that was started as administrator: nobody else sees all of it. It is done by: risk-manager.exe status --check
$program = Join-Path $PSScriptRoot "risk-manager.exe"
& $program "status" "--check"
exit $LASTEXITCODE
