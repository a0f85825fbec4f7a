# Looks at an installation and changes nothing: the service, its failure actions, who may do what. Exit code 0 only if all is as it must be.
#   check-installation.ps1      as administrator, to see all of it; etc/attack-surface.md explains the lists
$name = "RiskManagerV34"
$root = Join-Path $env:ProgramData $name
$wrong = 0
function Look($what, $good) {
    if ($good) { Write-Output "ok      $what" } else { Write-Output "WRONG   $what"; $script:wrong += 1 }
}
$service = Get-CimInstance Win32_Service -Filter "Name='$name'"
Look "the service is installed" ($null -ne $service)
if ($null -ne $service) {
    Look "it runs" ($service.State -eq "Running")
    Look "it starts with Windows" ($service.StartMode -eq "Auto")
    Look "it is LocalSystem's" ($service.StartName -eq "LocalSystem")
    Look "it is started again when it fails" ((sc.exe qfailure $name | Select-String -AllMatches "RESTART").Matches.Count -ge 3)
    Look "users may not stop it" ((sc.exe sdshow $name) -join "" -match [regex]::Escape("(A;;CCLCSWLORC;;;IU)"))
}
foreach ($folder in @("config", "config\secrets", "data", "logs")) {
    $list = Get-Acl (Join-Path $root $folder)
    Look "$folder inherits nothing" $list.AreAccessRulesProtected
    $change = [Security.AccessControl.FileSystemRights]"Write, Delete, ChangePermissions, TakeOwnership"
    $others = $list.Access | Where-Object { $_.IdentityReference.Value -notmatch "SYSTEM$|Administrators$" }
    Look "$folder is not changed by others" (-not ($others | Where-Object { ($_.FileSystemRights -band $change) -ne 0 }))
    if ($folder -match "secrets|data") { Look "$folder is not read by others" (-not $others) }
}
& (Join-Path $PSScriptRoot "risk-manager.exe") check-config (Join-Path $root "config\risk-manager.yaml")
Look "the configuration is in order" ($LASTEXITCODE -eq 0)
exit [int]($wrong -gt 0)
