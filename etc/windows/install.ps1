# Installs the service from the folder that this script lies in (the unpacked programs), or puts a newer version over it.
#   install.ps1 [-Config FILE] [-UserName NAME] [-NoStart]      in a PowerShell that was started as administrator
# It asks for the login's key, unseen; an empty answer leaves the key that is there. All else is done by: risk-manager install
param([string]$Config = "", [string]$UserName = "", [switch]$NoStart)
$ErrorActionPreference = "Stop"
$program = Join-Path $PSScriptRoot "risk-manager.exe"
$arguments = @("install")
if ($Config -ne "") { $arguments += @("--config", $Config) }
if ($UserName -ne "") { $arguments += @("--user-name", $UserName) }
if ($NoStart) { $arguments += "--no-start" }
$secure = Read-Host -AsSecureString "API key (empty: none)"
$key = [Runtime.InteropServices.Marshal]::PtrToStringAuto([Runtime.InteropServices.Marshal]::SecureStringToBSTR($secure))
if ($key -ne "") { $key | & $program @arguments "--read-key" } else { & $program @arguments }
exit $LASTEXITCODE
