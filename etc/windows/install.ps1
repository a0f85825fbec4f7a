# Installs the service from the folder that this script lies in, or puts these programs over the ones that are there.
#   powershell -ExecutionPolicy Bypass -File install.ps1 [-Config FILE] [-UserName NAME] [-KeyFile FILE] [-NoStart]
# In a PowerShell that was started as administrator. Without -KeyFile it asks for the login's key, unseen; an empty answer leaves the key that
# is there. All else is done, or undone when it fails, by: risk-manager.exe install. Exit code 3: installed, and not running.
param([string]$Config = "", [string]$UserName = "", [string]$KeyFile = "", [switch]$NoStart)
$program = Join-Path $PSScriptRoot "risk-manager.exe"
$arguments = @("install")
if ($Config -ne "") { $arguments += @("--config", $Config) }
if ($UserName -ne "") { $arguments += @("--user-name", $UserName) }
if ($NoStart) { $arguments += "--no-start" }
if ($KeyFile -ne "") { $arguments += @("--key-file", $KeyFile) }
if ($KeyFile -eq "") {
    $secure = Read-Host -AsSecureString "API key (empty: none)"
    $key = [Runtime.InteropServices.Marshal]::PtrToStringAuto([Runtime.InteropServices.Marshal]::SecureStringToBSTR($secure))
    if ($key -ne "") {
        $key | & $program @arguments "--read-key"
        exit $LASTEXITCODE
    }
}
& $program @arguments
exit $LASTEXITCODE
