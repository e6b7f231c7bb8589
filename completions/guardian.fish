# fish completion for guardian(1)
complete -c guardian -f
complete -c guardian -s h -l help -d 'print help'

# True when the command line is at this command: `__guardian_at bundle build`; without one at the top.
function __guardian_at
    set -l words (commandline -opc)
    set -l given
    for word in $words[2..]
        switch $word
            case serve sync verify-bundle eval health drill gateway
                test (count $given) -eq 0; and set given $word
            case policy cache bundle keys
                test (count $given) -eq 0; and set given $word
            case lint who-can can show clear build sign inspect diff generate root
                contains -- "$given" policy cache bundle keys; and set -a given $word
        end
    end
    test "$given" = "$argv"
end

complete -c guardian -n __guardian_at -l version -d 'print the version'
complete -c guardian -n __guardian_at -a serve -d 'run the sidecar'
complete -c guardian -n __guardian_at -a sync -d 'fetch, verify and cache the newest bundle'
complete -c guardian -n __guardian_at -a verify-bundle -d 'verify a bundle'
complete -c guardian -n __guardian_at -a eval -d 'decide offline'
complete -c guardian -n __guardian_at -a policy -d 'ask what policies say'
complete -c guardian -n '__guardian_at policy' -a who-can -d 'which agents may do something'
complete -c guardian -n '__guardian_at policy' -a can -d 'what an agent may do'
complete -c guardian -n __guardian_at -a cache -d 'look at the cache or clear it'
complete -c guardian -n '__guardian_at cache' -a show -d 'print what the cache holds'
complete -c guardian -n '__guardian_at cache' -a clear -d 'forget the cache'
complete -c guardian -n __guardian_at -a health -d 'ask a running sidecar how it is'
complete -c guardian -n __guardian_at -a bundle -d 'build, sign, inspect and compare bundles'
complete -c guardian -n '__guardian_at bundle' -a build -d 'build and sign a bundle'
complete -c guardian -n '__guardian_at bundle' -a sign -d 'add a signature'
complete -c guardian -n '__guardian_at bundle' -a inspect -d 'print what a bundle holds'
complete -c guardian -n '__guardian_at bundle' -a diff -d 'print what changed between two bundles'
complete -c guardian -n __guardian_at -a keys -d 'make and show keys and trust roots'
complete -c guardian -n '__guardian_at keys' -a generate -d 'make a signing key'
complete -c guardian -n '__guardian_at keys' -a root -d 'make a trust root'
complete -c guardian -n '__guardian_at keys' -a show -d 'print the public half of a key'
complete -c guardian -n __guardian_at -a policy -d 'check policies without a request'
complete -c guardian -n '__guardian_at policy' -a lint -d 'find mistakes in policies'
complete -c guardian -n __guardian_at -a drill -d 'break a scratch sidecar and see that it holds'
complete -c guardian -n __guardian_at -a gateway -d 'run the reference gateway'

complete -c guardian -n '__guardian_at serve' -l offline -d 'run without a gateway'
complete -c guardian -n '__guardian_at serve' -l bundle -r -F -d 'with --offline, the bundle'
complete -c guardian -n '__guardian_at serve' -l port-file -r -F -d 'write the port to a file'
complete -c guardian -n '__guardian_at serve' -l config -r -F -d 'TOML file with settings'
complete -c guardian -n '__guardian_at serve' -l gateway-url -x -d 'URL of the gateway'
complete -c guardian -n '__guardian_at serve' -l admin-token -x -d 'token for the gateway'
complete -c guardian -n '__guardian_at serve' -l mode -x -a 'enforce audit' -d 'enforce or audit'
complete -c guardian -n '__guardian_at serve' -l bundle-sync-interval -x -d 'seconds between syncs'
complete -c guardian -n '__guardian_at serve' -l port -x -d 'port to listen on'
complete -c guardian -n '__guardian_at serve' -l host -x -d 'address to listen on'
complete -c guardian -n '__guardian_at serve' -l cache-dir -x -a '(__fish_complete_directories)' -d 'directory of bundle and state'
complete -c guardian -n '__guardian_at serve' -l log-level -x -a 'debug info warn error' -d 'what is logged'
complete -c guardian -n '__guardian_at serve' -l log-format -x -a 'text json' -d 'form of the log'
complete -c guardian -n '__guardian_at serve' -l trust-root -r -F -d 'file with the trust root'
complete -c guardian -n '__guardian_at serve' -l bundle-url -x -d 'address of the bundle'
complete -c guardian -n '__guardian_at serve' -l bundle-token -x -d 'token for the bundle'
complete -c guardian -n '__guardian_at serve' -l sidecar-id -x -d 'name of this sidecar'
complete -c guardian -n '__guardian_at serve' -l bundle-long-poll -x -d 'how long the gateway may hold a request'
complete -c guardian -n '__guardian_at serve' -l bundle-history -x -d 'bundles kept beside the current one'
complete -c guardian -n '__guardian_at serve' -l bootstrap-bundle -r -d 'bundle while the cache holds none'
complete -c guardian -n '__guardian_at serve' -l wait-for-bundle -x -d 'wait for a first bundle before listening'
complete -c guardian -n '__guardian_at serve' -l max-bundle-age -x -d 'deny when not confirmed for longer'
complete -c guardian -n '__guardian_at serve' -l enforce-expiry -x -a 'true false' -d 'deny once the bundle has expired'
complete -c guardian -n '__guardian_at serve' -l max-bundle-bytes -x -d 'largest bundle accepted'
complete -c guardian -n '__guardian_at serve' -l rate-limit-store -x -d 'where rate limits are counted'
complete -c guardian -n '__guardian_at serve' -l max-eval-cost -x -d 'most steps of one decision'
complete -c guardian -n '__guardian_at serve' -l max-connections -x -d 'connections served at once'
complete -c guardian -n '__guardian_at serve' -l gateway-ca -r -F -d 'CA of the gateway'
complete -c guardian -n '__guardian_at serve' -l gateway-cert -r -F -d 'client certificate'
complete -c guardian -n '__guardian_at serve' -l gateway-key -r -F -d 'key of the client certificate'
complete -c guardian -n '__guardian_at serve' -l allow-insecure-gateway -x -a 'true false' -d 'allow plain http'

complete -c guardian -n '__guardian_at sync' -l json -d 'print JSON'
complete -c guardian -n '__guardian_at sync' -l config -r -F -d 'TOML file with settings'
complete -c guardian -n '__guardian_at sync' -l gateway-url -x -d 'URL of the gateway'
complete -c guardian -n '__guardian_at sync' -l admin-token -x -d 'token for the gateway'
complete -c guardian -n '__guardian_at sync' -l mode -x -a 'enforce audit' -d 'enforce or audit'
complete -c guardian -n '__guardian_at sync' -l bundle-sync-interval -x -d 'seconds between syncs'
complete -c guardian -n '__guardian_at sync' -l port -x -d 'port to listen on'
complete -c guardian -n '__guardian_at sync' -l host -x -d 'address to listen on'
complete -c guardian -n '__guardian_at sync' -l cache-dir -x -a '(__fish_complete_directories)' -d 'directory of bundle and state'
complete -c guardian -n '__guardian_at sync' -l log-level -x -a 'debug info warn error' -d 'what is logged'
complete -c guardian -n '__guardian_at sync' -l log-format -x -a 'text json' -d 'form of the log'
complete -c guardian -n '__guardian_at sync' -l trust-root -r -F -d 'file with the trust root'
complete -c guardian -n '__guardian_at sync' -l bundle-url -x -d 'address of the bundle'
complete -c guardian -n '__guardian_at sync' -l bundle-token -x -d 'token for the bundle'
complete -c guardian -n '__guardian_at sync' -l sidecar-id -x -d 'name of this sidecar'
complete -c guardian -n '__guardian_at sync' -l bundle-long-poll -x -d 'how long the gateway may hold a request'
complete -c guardian -n '__guardian_at sync' -l bundle-history -x -d 'bundles kept beside the current one'
complete -c guardian -n '__guardian_at sync' -l bootstrap-bundle -r -d 'bundle while the cache holds none'
complete -c guardian -n '__guardian_at sync' -l wait-for-bundle -x -d 'wait for a first bundle before listening'
complete -c guardian -n '__guardian_at sync' -l max-bundle-age -x -d 'deny when not confirmed for longer'
complete -c guardian -n '__guardian_at sync' -l enforce-expiry -x -a 'true false' -d 'deny once the bundle has expired'
complete -c guardian -n '__guardian_at sync' -l max-bundle-bytes -x -d 'largest bundle accepted'
complete -c guardian -n '__guardian_at sync' -l rate-limit-store -x -d 'where rate limits are counted'
complete -c guardian -n '__guardian_at sync' -l max-eval-cost -x -d 'most steps of one decision'
complete -c guardian -n '__guardian_at sync' -l max-connections -x -d 'connections served at once'
complete -c guardian -n '__guardian_at sync' -l gateway-ca -r -F -d 'CA of the gateway'
complete -c guardian -n '__guardian_at sync' -l gateway-cert -r -F -d 'client certificate'
complete -c guardian -n '__guardian_at sync' -l gateway-key -r -F -d 'key of the client certificate'
complete -c guardian -n '__guardian_at sync' -l allow-insecure-gateway -x -a 'true false' -d 'allow plain http'

complete -c guardian -n '__guardian_at verify-bundle' -l trust -r -F -d 'trust root'
complete -c guardian -n '__guardian_at verify-bundle' -l json -d 'print JSON'
complete -c guardian -n '__guardian_at verify-bundle' -l config -r -F -d 'TOML file with settings'
complete -c guardian -n '__guardian_at verify-bundle' -l trust-root -r -F -d 'file with the trust root'
complete -c guardian -n '__guardian_at verify-bundle' -l cache-dir -x -a '(__fish_complete_directories)' -d 'directory of bundle and state'
complete -c guardian -n '__guardian_at verify-bundle' -l max-bundle-bytes -x -d 'largest bundle accepted'
complete -c guardian -n '__guardian_at verify-bundle' -l max-eval-cost -x -d 'most steps of one decision'
complete -c guardian -n '__guardian_at verify-bundle' -F

complete -c guardian -n '__guardian_at eval' -l agent -x -d 'agent id'
complete -c guardian -n '__guardian_at eval' -l action -x -d 'action'
complete -c guardian -n '__guardian_at eval' -l resource -x -d 'resource'
complete -c guardian -n '__guardian_at eval' -l context -x -d 'context, a JSON object'
complete -c guardian -n '__guardian_at eval' -l token -x -d 'agent token, not supported yet'
complete -c guardian -n '__guardian_at eval' -l at -x -d 'decide as of this time'
complete -c guardian -n '__guardian_at eval' -l explain -d 'say why'
complete -c guardian -n '__guardian_at eval' -l bundle -r -F -d 'bundle file'
complete -c guardian -n '__guardian_at eval' -l trust -r -F -d 'trust root for --bundle'
complete -c guardian -n '__guardian_at eval' -l policies -x -a '(__fish_complete_directories)' -d 'directory of policies'
complete -c guardian -n '__guardian_at eval' -l agents -r -F -d 'agents instead of agents.yaml'
complete -c guardian -n '__guardian_at eval' -l tier -x -d 'trust tier of the agent'
complete -c guardian -n '__guardian_at eval' -l tag -x -d 'tag of the agent, may be repeated'
complete -c guardian -n '__guardian_at eval' -l input -r -F -d 'JSON lines of requests'
complete -c guardian -n '__guardian_at eval' -l tests -r -F -d 'policy tests'
complete -c guardian -n '__guardian_at eval' -l junit -r -F -d 'with --tests, a JUnit report'
complete -c guardian -n '__guardian_at eval' -l coverage -d 'with --tests, what no test exercised'
complete -c guardian -n '__guardian_at eval' -l coverage-threshold -x -d 'with --tests, the least coverage'
complete -c guardian -n '__guardian_at eval' -l watch -d 'with --tests, run again on changes'
complete -c guardian -n '__guardian_at eval' -l json -d 'print JSON'
complete -c guardian -n '__guardian_at eval' -l config -r -F -d 'TOML file with settings'
complete -c guardian -n '__guardian_at eval' -l cache-dir -x -a '(__fish_complete_directories)' -d 'directory of bundle and state'
complete -c guardian -n '__guardian_at eval' -l trust-root -r -F -d 'file with the trust root'
complete -c guardian -n '__guardian_at eval' -l max-bundle-bytes -x -d 'largest bundle accepted'

complete -c guardian -n '__guardian_at policy who-can' -l context -x -d 'the whole context, a JSON object'
complete -c guardian -n '__guardian_at policy who-can' -l at -x -d 'at this time'
complete -c guardian -n '__guardian_at policy who-can' -l all -d 'list the agents that may not, too'
complete -c guardian -n '__guardian_at policy who-can' -l json -d 'print JSON'
complete -c guardian -n '__guardian_at policy who-can' -l bundle -r -F -d 'bundle file'
complete -c guardian -n '__guardian_at policy who-can' -l trust -r -F -d 'trust root for --bundle'
complete -c guardian -n '__guardian_at policy who-can' -l policies -x -a '(__fish_complete_directories)' -d 'directory of policies'
complete -c guardian -n '__guardian_at policy who-can' -l agents -r -F -d 'agents instead of agents.yaml'
complete -c guardian -n '__guardian_at policy who-can' -l config -r -F -d 'TOML file with settings'
complete -c guardian -n '__guardian_at policy who-can' -l cache-dir -x -a '(__fish_complete_directories)' -d 'directory of bundle and state'
complete -c guardian -n '__guardian_at policy who-can' -l trust-root -r -F -d 'file with the trust root'
complete -c guardian -n '__guardian_at policy who-can' -l max-bundle-bytes -x -d 'largest bundle accepted'

complete -c guardian -n '__guardian_at policy can' -l json -d 'print JSON'
complete -c guardian -n '__guardian_at policy can' -l bundle -r -F -d 'bundle file'
complete -c guardian -n '__guardian_at policy can' -l trust -r -F -d 'trust root for --bundle'
complete -c guardian -n '__guardian_at policy can' -l policies -x -a '(__fish_complete_directories)' -d 'directory of policies'
complete -c guardian -n '__guardian_at policy can' -l agents -r -F -d 'agents instead of agents.yaml'
complete -c guardian -n '__guardian_at policy can' -l config -r -F -d 'TOML file with settings'
complete -c guardian -n '__guardian_at policy can' -l cache-dir -x -a '(__fish_complete_directories)' -d 'directory of bundle and state'
complete -c guardian -n '__guardian_at policy can' -l trust-root -r -F -d 'file with the trust root'
complete -c guardian -n '__guardian_at policy can' -l max-bundle-bytes -x -d 'largest bundle accepted'

complete -c guardian -n '__guardian_at cache show' -l json -d 'print JSON'
complete -c guardian -n '__guardian_at cache show' -l config -r -F -d 'TOML file with settings'
complete -c guardian -n '__guardian_at cache show' -l cache-dir -x -a '(__fish_complete_directories)' -d 'directory of bundle and state'
complete -c guardian -n '__guardian_at cache show' -l max-bundle-bytes -x -d 'largest bundle accepted'

complete -c guardian -n '__guardian_at cache clear' -l audit -d 'the audit store too'
complete -c guardian -n '__guardian_at cache clear' -l config -r -F -d 'TOML file with settings'
complete -c guardian -n '__guardian_at cache clear' -l cache-dir -x -a '(__fish_complete_directories)' -d 'directory of bundle and state'

complete -c guardian -n '__guardian_at health' -l url -x -d 'the sidecar'
complete -c guardian -n '__guardian_at health' -l json -d 'print JSON'
complete -c guardian -n '__guardian_at health' -l config -r -F -d 'TOML file with settings'
complete -c guardian -n '__guardian_at health' -l host -x -d 'address to listen on'
complete -c guardian -n '__guardian_at health' -l port -x -d 'port to listen on'

complete -c guardian -n '__guardian_at bundle build' -s o -l output -r -F -d 'where it goes'
complete -c guardian -n '__guardian_at bundle build' -l key -r -F -d 'signing key, may be repeated'
complete -c guardian -n '__guardian_at bundle build' -l version -x -d 'version instead of the time'
complete -c guardian -n '__guardian_at bundle build' -l config -r -F -d 'TOML file with settings'
complete -c guardian -n '__guardian_at bundle build' -l max-eval-cost -x -d 'most steps of one decision'
complete -c guardian -n '__guardian_at bundle build' -F

complete -c guardian -n '__guardian_at bundle sign' -l key -r -F -d 'signing key, may be repeated'
complete -c guardian -n '__guardian_at bundle sign' -F

complete -c guardian -n '__guardian_at bundle inspect' -l json -d 'print JSON'
complete -c guardian -n '__guardian_at bundle inspect' -F

complete -c guardian -n '__guardian_at bundle diff' -l json -d 'print JSON'
complete -c guardian -n '__guardian_at bundle diff' -F

complete -c guardian -n '__guardian_at policy lint' -l json -d 'print JSON'
complete -c guardian -n '__guardian_at policy lint' -l strict -d 'fail on warnings too'
complete -c guardian -n '__guardian_at policy lint' -F

complete -c guardian -n '__guardian_at keys generate' -l type -x -a 'ed25519 p256 rsa' -d 'type of the key'
complete -c guardian -n '__guardian_at keys generate' -s o -l output -r -F -d 'where it goes'
complete -c guardian -n '__guardian_at keys generate' -l public -r -F -d 'where the public key goes'
complete -c guardian -n '__guardian_at keys generate' -l force -d 'overwrite files'

complete -c guardian -n '__guardian_at keys root' -l key -r -F -d 'private key that is trusted and signs'
complete -c guardian -n '__guardian_at keys root' -l public-key -r -F -d 'public key that is trusted'
complete -c guardian -n '__guardian_at keys root' -l threshold -x -d 'signatures needed'
complete -c guardian -n '__guardian_at keys root' -l expires -x -d 'date-time or days such as 365d'
complete -c guardian -n '__guardian_at keys root' -l version -x -d 'version of the root'
complete -c guardian -n '__guardian_at keys root' -s o -l output -r -F -d 'where it goes'
complete -c guardian -n '__guardian_at keys root' -l force -d 'overwrite files'

complete -c guardian -n '__guardian_at keys show' -F

complete -c guardian -n '__guardian_at drill' -a 'all gateway-down corrupt-cache disk-full key-rotate clock-back rollback kill'
complete -c guardian -n '__guardian_at drill' -l junit -r -F -d 'a JUnit report'
complete -c guardian -n '__guardian_at drill' -l seed -x -d 'repeat what a run left to chance'
complete -c guardian -n '__guardian_at drill' -l json -d 'print JSON'

complete -c guardian -n '__guardian_at gateway' -l dir -x -a '(__fish_complete_directories)' -d 'directory of policies'
complete -c guardian -n '__guardian_at gateway' -l key -r -F -d 'signing key, may be repeated'
complete -c guardian -n '__guardian_at gateway' -l trust-root -r -F -d 'trust roots, files or directories'
complete -c guardian -n '__guardian_at gateway' -l host -x -d 'address to listen on'
complete -c guardian -n '__guardian_at gateway' -l port -x -d 'port to listen on'
complete -c guardian -n '__guardian_at gateway' -l port-file -r -F -d 'write the port to a file'
complete -c guardian -n '__guardian_at gateway' -l config -r -F -d 'TOML file with settings'
complete -c guardian -n '__guardian_at gateway' -l admin-token -x -d 'token for the gateway'
complete -c guardian -n '__guardian_at gateway' -l log-level -x -a 'debug info warn error' -d 'what is logged'
complete -c guardian -n '__guardian_at gateway' -l log-format -x -a 'text json' -d 'form of the log'
