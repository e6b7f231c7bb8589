# bash completion for guardian(1)

# The flags of a command; `--help` is everywhere.
_guardian_flags() {
  local settings='--config --gateway-url --admin-token --mode --bundle-sync-interval --port --host --cache-dir
    --log-level --log-format --trust-root --bundle-url --bundle-token --sidecar-id --enforce-expiry --max-bundle-bytes
    --bundle-long-poll --bundle-history --bootstrap-bundle --wait-for-bundle --max-bundle-age
    --audit-durability --audit-context --audit-redact --audit-retention --audit-max-bytes --audit-full --audit-forward
    --max-connections --rate-limit-store --max-eval-cost --gateway-ca --gateway-cert --gateway-key --allow-insecure-gateway'
  local audit_filters='--agent --action --decision --policy --from --to --trace'
  case $1 in
    '') echo --version ;;
    serve) echo --offline --bundle --port-file "$settings" ;;
    sync) echo --json "$settings" ;;
    verify-bundle) echo --trust --json --config --trust-root --cache-dir --max-bundle-bytes --max-eval-cost ;;
    eval)
      echo --agent --action --resource --context --token --at --explain --bundle --trust --policies --agents --tier \
        --tag --input --tests --junit --coverage --coverage-threshold --watch --json --config --cache-dir \
        --trust-root --max-bundle-bytes
      ;;
    'policy who-can')
      echo --context --at --all --json --bundle --trust --policies --agents --config --cache-dir --trust-root \
        --max-bundle-bytes
      ;;
    'policy can')
      echo --json --bundle --trust --policies --agents --config --cache-dir --trust-root --max-bundle-bytes
      ;;
    'cache show') echo --json --config --cache-dir --max-bundle-bytes ;;
    'cache clear') echo --audit --config --cache-dir ;;
    health) echo --url --json --config --host --port ;;
    'bundle build') echo --output --key --version --config --max-eval-cost ;;
    'bundle sign') echo --key ;;
    'bundle inspect' | 'bundle diff') echo --json ;;
    'policy lint') echo --json --strict ;;
    'audit tail') echo --follow --lines --json --config --cache-dir "$audit_filters" ;;
    'audit query' | 'audit stats') echo --json --config --cache-dir "$audit_filters" ;;
    'audit report') echo --mode --html --json --config --cache-dir "$audit_filters" ;;
    'audit export') echo --format --output --config --cache-dir "$audit_filters" ;;
    'audit verify') echo --json --config --cache-dir ;;
    'keys generate') echo --type --output --public --force ;;
    'keys root') echo --key --public-key --threshold --expires --version --output --force ;;
    drill) echo --junit --seed --json ;;
    replay)
      echo --audit --bundle --trust --policies --agents --agent --action --decision --policy --from --to --trace \
        --fail-on-deny --json --config --cache-dir --trust-root --max-bundle-bytes --rate-limit-store
      ;;
    gateway)
      echo --dir --key --trust-root --audit-dir --host --port --port-file --config --admin-token --log-level --log-format
      ;;
  esac
}

_guardian() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command='' part i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    part=${COMP_WORDS[i]}
    case "$command $part" in
      ' serve' | ' sync' | ' verify-bundle' | ' eval' | ' policy' | ' cache' | ' health' | \
        ' bundle' | ' keys' | ' audit' | ' drill' | ' replay' | ' gateway')
        command=$part
        ;;
      'policy lint' | 'policy who-can' | 'policy can' | 'cache show' | 'cache clear' | \
        'bundle build' | 'bundle sign' | 'bundle inspect' | 'bundle diff' | \
        'keys generate' | 'keys root' | 'keys show' | \
        'audit tail' | 'audit query' | 'audit stats' | 'audit report' | 'audit export' | 'audit verify')
        command="$command $part"
        ;;
    esac
  done

  case $before in
    --mode)
      mapfile -t COMPREPLY < <(compgen -W 'enforce audit' -- "$word")
      return
      ;;
    --log-level)
      mapfile -t COMPREPLY < <(compgen -W 'debug info warn error' -- "$word")
      return
      ;;
    --audit-durability)
      mapfile -t COMPREPLY < <(compgen -W 'process disk async' -- "$word")
      return
      ;;
    --audit-context)
      mapfile -t COMPREPLY < <(compgen -W 'full redacted none' -- "$word")
      return
      ;;
    --audit-full)
      mapfile -t COMPREPLY < <(compgen -W 'drop-oldest deny' -- "$word")
      return
      ;;
    --audit-forward)
      mapfile -t COMPREPLY < <(compgen -W 'on off' -- "$word")
      return
      ;;
    --log-format)
      mapfile -t COMPREPLY < <(compgen -W 'text json' -- "$word")
      return
      ;;
    --decision)
      mapfile -t COMPREPLY < <(compgen -W 'allow deny would-deny' -- "$word")
      return
      ;;
    --enforce-expiry | --allow-insecure-gateway)
      mapfile -t COMPREPLY < <(compgen -W 'true false' -- "$word")
      return
      ;;
    --decision)
      mapfile -t COMPREPLY < <(compgen -W 'allow deny would-deny' -- "$word")
      return
      ;;
    --format)
      mapfile -t COMPREPLY < <(compgen -W 'jsonl csv' -- "$word")
      return
      ;;
    --type)
      mapfile -t COMPREPLY < <(compgen -W 'ed25519 p256 rsa' -- "$word")
      return
      ;;
    --dir | --audit-dir | --cache-dir | --policies)
      mapfile -t COMPREPLY < <(compgen -d -- "$word")
      return
      ;;
    -o | --output | --key | --public | --public-key | --trust | --trust-root | --bundle | --port-file | --config | \
      --agents | --input | --tests | --junit | --gateway-ca | --gateway-cert | --gateway-key)
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
      return
      ;;
  esac

  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "--help $(_guardian_flags "$command")" -- "$word")
    return
  fi
  case $command in
    '') mapfile -t COMPREPLY < <(
      compgen -W 'serve sync verify-bundle eval policy cache health bundle keys audit drill replay gateway' -- "$word"
    ) ;;
    policy) mapfile -t COMPREPLY < <(compgen -W 'lint who-can can' -- "$word") ;;
    drill) mapfile -t COMPREPLY < <(
      compgen -W 'all gateway-down corrupt-cache disk-full key-rotate clock-back rollback kill' -- "$word"
    ) ;;
    audit) mapfile -t COMPREPLY < <(compgen -W 'tail query stats report export verify' -- "$word") ;;
    cache) mapfile -t COMPREPLY < <(compgen -W 'show clear' -- "$word") ;;
    bundle) mapfile -t COMPREPLY < <(compgen -W 'build sign inspect diff' -- "$word") ;;
    keys) mapfile -t COMPREPLY < <(compgen -W 'generate root show' -- "$word") ;;
    policy) mapfile -t COMPREPLY < <(compgen -W 'lint' -- "$word") ;;
    *) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
  esac
}

complete -o filenames -F _guardian guardian
