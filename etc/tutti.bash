# bash completion for tutti(1). tutti itself knows its commands, and asks the running server for names.

_tutti ()
{
    local word=${COMP_WORDS[COMP_CWORD]} candidate

    COMPREPLY=()
    while IFS= read -r candidate; do
        [[ $candidate == "$word"* ]] && COMPREPLY+=("$(printf '%q' "$candidate")")
    done < <("${COMP_WORDS[0]}" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}

complete -o default -F _tutti tutti
