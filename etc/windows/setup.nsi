; RiskManagerSetup.exe: unpacks the programs where nobody else writes and runs `risk-manager install`, which does the rest or undoes it.
;   RiskManagerSetup.exe [/S] [/CONFIG=FILE] [/USER=NAME] [/KEYFILE=FILE]   /S: nobody is asked; FILE: the configuration, or a file with the login's key
;   uninstall.exe [/S] [/REMOVEDATA]                                        without /REMOVEDATA the configuration, the database and the logs stay
; Exit code: 0; 2 when it failed and nothing is left; 3 when it is installed and does not run, so that nobody is guarded yet. With /S what the installation said is in %TEMP%\RiskManagerSetup.log.
; tools/package gives KIT (the folder with the files), OUT and VERSION.
Target amd64-unicode
Unicode true
!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh
!include nsDialogs.nsh
!include x64.nsh

!define PRODUCT RiskManagerV34
!define TITLE "Risk Manager V34"
!define ENTRY "Software\Microsoft\Windows\CurrentVersion\Uninstall\${PRODUCT}"

Name "${TITLE}"
OutFile "${OUT}"
RequestExecutionLevel admin
InstallDir "$PROGRAMFILES64\${PRODUCT}"
SetCompressor /SOLID lzma
ShowInstDetails show
VIProductVersion "${VERSION}.0"
VIAddVersionKey ProductName "${TITLE}"
VIAddVersionKey FileDescription "${TITLE} setup"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey LegalCopyright ""

Var config
Var user
Var keyFile
Var userField
Var keyField

!insertmacro MUI_PAGE_WELCOME
Page custom ask_login take_login
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE English

Function .onInit
  SetRegView 64
  SetShellVarContext all
  InitPluginsDir
  ${GetParameters} $0
  ${GetOptions} $0 "/CONFIG=" $config
  ${GetOptions} $0 "/USER=" $user
  ${GetOptions} $0 "/KEYFILE=" $keyFile
FunctionEnd

; The login, only where no configuration is there yet.
Function ask_login
  ReadEnvStr $0 ProgramData
  ${If} ${FileExists} "$0\${PRODUCT}\config\risk-manager.yaml"
  ${OrIf} $config != ""
    Abort
  ${EndIf}
  !insertmacro MUI_HEADER_TEXT "Login" "User name and API key at TopstepX. Both can be set later."
  nsDialogs::Create 1018
  Pop $0
  ${NSD_CreateLabel} 0 0 100% 12u "User name"
  Pop $0
  ${NSD_CreateText} 0 14u 100% 12u "$user"
  Pop $userField
  ${NSD_CreateLabel} 0 36u 100% 12u "API key (kept in a file that only administrators and the service read)"
  Pop $0
  ${NSD_CreatePassword} 0 50u 100% 12u ""
  Pop $keyField
  ${NSD_SetFocus} $userField
  nsDialogs::Show
FunctionEnd

Function take_login
  ${NSD_GetText} $userField $user
  ${NSD_GetText} $keyField $0
  ${If} $0 != ""
    StrCpy $keyFile "$PLUGINSDIR\key" ; only administrators read this folder, and it goes with the setup
    FileOpen $1 $keyFile w
    FileWrite $1 "$0$\r$\n"
    FileClose $1
  ${EndIf}
FunctionEnd

Section
  SetOutPath "$PLUGINSDIR\kit"
  File /r "${KIT}/*.*"
  StrCpy $1 ""
  ${If} $config != ""
    StrCpy $1 '$1 --config "$config"'
  ${EndIf}
  ${If} $user != ""
    StrCpy $1 '$1 --user-name "$user"'
  ${EndIf}
  ${If} $keyFile != ""
    StrCpy $1 '$1 --key-file "$keyFile"'
  ${EndIf}
  ${If} ${Silent}
    nsExec::ExecToStack '"$PLUGINSDIR\kit\risk-manager.exe" install$1'
    Pop $0
    Pop $2
    FileOpen $3 "$TEMP\RiskManagerSetup.log" w
    FileWrite $3 "$2"
    FileClose $3
  ${Else}
    nsExec::ExecToLog '"$PLUGINSDIR\kit\risk-manager.exe" install$1'
    Pop $0
  ${EndIf}
  SetOutPath "$TEMP"
  ${If} $0 != 0
  ${AndIf} $0 != 3 ; installed, but it does not run
    SetErrorLevel 2
    Abort "The installation failed and was undone: the lines above say why."
  ${EndIf}
  WriteUninstaller "$INSTDIR\uninstall.exe"
  WriteRegStr HKLM "${ENTRY}" DisplayName "${TITLE}"
  WriteRegStr HKLM "${ENTRY}" DisplayVersion "${VERSION}"
  WriteRegStr HKLM "${ENTRY}" InstallLocation "$INSTDIR"
  WriteRegStr HKLM "${ENTRY}" UninstallString '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKLM "${ENTRY}" QuietUninstallString '"$INSTDIR\uninstall.exe" /S'
  CreateDirectory "$SMPROGRAMS\${TITLE}"
  CreateShortCut "$SMPROGRAMS\${TITLE}\Risk trader.lnk" "$INSTDIR\risk-trader.exe"
  CreateShortCut "$SMPROGRAMS\${TITLE}\Risk administrator.lnk" "$INSTDIR\risk-admin.exe"
  ${If} $0 == 3
    SetErrorLevel 3
    MessageBox MB_ICONEXCLAMATION "Installed, but the service does not run: nobody is guarded yet.$\r$\nThe details say why. In a terminal, as administrator: risk-manager setup asks for login and accounts again." /SD IDOK
  ${EndIf}
SectionEnd

Function un.onInit
  SetRegView 64
  SetShellVarContext all
FunctionEnd

Section Uninstall
  StrCpy $1 " --keep-data"
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/REMOVEDATA" $2
  ${IfNot} ${Errors}
    StrCpy $1 ""
  ${Else}
    MessageBox MB_YESNO|MB_DEFBUTTON1 "Keep the configuration, the locks, the journal and the logs?" /SD IDYES IDYES +2
    StrCpy $1 ""
  ${EndIf}
  nsExec::ExecToLog '"$INSTDIR\risk-manager.exe" uninstall$1'
  Pop $0
  ${If} $0 != 0
    SetErrorLevel 2
    Abort "The service could not be taken away: the lines above say why."
  ${EndIf}
  RMDir /r "$SMPROGRAMS\${TITLE}"
  RMDir /r "$INSTDIR"
  DeleteRegKey HKLM "${ENTRY}"
SectionEnd
