# Stops the service and takes it away; the configuration, the database and the logs stay unless -RemoveData says otherwise.
#   uninstall.ps1 [-RemoveData]      in a PowerShell that was started as administrator
param([switch]$RemoveData)
$program = Join-Path $PSScriptRoot "risk-manager.exe"
if ($RemoveData) { & $program uninstall } else { & $program uninstall --keep-data }
exit $LASTEXITCODE
