#include "tools/risk-admin/completion.hpp"

namespace rm {

std::string_view bash_completion() {
  return R"bash(# bash completion of risk-admin: source <(risk-admin completion bash)
_risk_admin() {
  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} verb="" account_seen="" word i
  local verbs="status accounts rules locks unlock lock flatten reset config key service logs journal completion"
  local socket=()
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [[ $word == --socket ]]; then
      socket=(--socket "${COMP_WORDS[i+1]}")
      ((i++))
    elif [[ -z $verb && $word != -* ]]; then
      verb=$word
    elif [[ -n $verb && $word != -* && ${COMP_WORDS[i-1]} != --* ]]; then
      account_seen=$word
    fi
  done
  case $before in
    --socket|--log|--database) COMPREPLY=($(compgen -f -- "$current")); return ;;
    --mode) COMPREPLY=($(compgen -W "flat reduce_only" -- "$current")); return ;;
    --for) COMPREPLY=($(compgen -W "15m 30m 1h 2h 1d" -- "$current")); return ;;
    --level) COMPREPLY=($(compgen -W "trace debug info warn error" -- "$current")); return ;;
    --room) COMPREPLY=($(compgen -W "account admin broker enforcement persistence resets rules service supervisor" -- "$current")); return ;;
    --since) COMPREPLY=($(compgen -W "30m 2h 1d" -- "$current")); return ;;
    --rule|--reason|--tail|--limit) return ;;
    --account) account_seen="" ;;
  esac
  local options="--json --socket --help"
  case $verb in
    "") COMPREPLY=($(compgen -W "$verbs $options --version" -- "$current")); return ;;
    unlock) options+=" --rule --reason" ;;
    lock) options+=" --mode --for --until-reset --reason" ;;
    flatten|reset) options+=" --reason" ;;
    config|key) options+=" --reason" ;;
    logs) options+=" --tail --follow --level --room" ;;
    journal) options+=" --account --since --limit --verify --log --database" ;;
  esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$current"))
    return
  fi
  case $verb in
    config)
      if [[ -z $account_seen ]]; then COMPREPLY=($(compgen -W "show check apply edit wizard" -- "$current"))
      else COMPREPLY=($(compgen -f -- "$current")); fi ;;
    key) COMPREPLY=($(compgen -W "set" -- "$current")) ;;
    service) COMPREPLY=($(compgen -W "start stop restart status install uninstall" -- "$current")) ;;
    completion) COMPREPLY=($(compgen -W "bash" -- "$current")) ;;
    unlock|lock|flatten|rules|locks|reset|journal)
      if [[ $verb == reset && -n $account_seen ]]; then COMPREPLY=($(compgen -W "daily weekly" -- "$current"))
      elif [[ -z $account_seen && ($verb != journal || $before == --account) ]]; then
        COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" "${socket[@]}" accounts 2>/dev/null | cut -d' ' -f1)" -- "$current"))
      else COMPREPLY=($(compgen -W "$options" -- "$current")); fi ;;
    *) COMPREPLY=($(compgen -W "$options" -- "$current")) ;;
  esac
}
complete -F _risk_admin risk-admin
)bash";
}

} // namespace rm
