# Stops the service and takes it away; the configuration, the database and the logs stay unless -RemoveData says otherwise.
#   powershell -ExecutionPolicy Bypass -File uninstall.ps1 [-RemoveData]
# In a PowerShell that was started as administrator. It is done by: risk-manager.exe uninstall
param([switch]$RemoveData)
$program = Join-Path $PSScriptRoot "risk-manager.exe"
if ($RemoveData) { & $program "uninstall" } else { & $program "uninstall" "--keep-data" }
exit $LASTEXITCODE
