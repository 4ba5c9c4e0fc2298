# bash completion for tutti(1). tutti itself knows its commands, and asks the running server for names.

# Splits the line up to the cursor into `words`, as tutti would be given them: bash's own COMP_WORDS are still quoted, and
# apart at each : and =. `quote` is the one still open; `cut` says how much of the last word stays when it is completed.
_tutti_split ()
{
    local text=${COMP_LINE:0:COMP_POINT} word= char i

    for ((i = 0; i < ${#text}; i++)); do
        char=${text:i:1}
        if [[ $char == "$quote" ]]; then
            quote= cut=${#word}
        elif [[ $char == \\ && $quote != \' ]]; then
            ((++i))
            word+=${text:i:1}
        elif [[ -n $quote ]]; then
            word+=$char
        elif [[ $char == [\'\"] ]]; then
            quote=$char cut=${#word}
        elif [[ $char == [[:space:]] ]]; then
            [[ -z $word ]] || words+=("$word")
            word= cut=0
        else
            word+=$char
            [[ $COMP_WORDBREAKS != *"$char"* ]] || cut=${#word}
        fi
    done
    words+=("$word")
}

# What would be typed for it inside that quote.
_tutti_quote ()
{
    local text=$1 special

    case $quote in
    \') printf '%s' "${text//\'/\'\\\'\'}" ;;
    \")
        for special in \\ \" \$ \`; do
            text=${text//"$special"/"\\$special"}
        done
        printf '%s' "$text"
        ;;
    *) printf '%q' "$text" ;;
    esac
}

_tutti ()
{
    local -a words=()
    local quote= cut=0 candidate

    _tutti_split
    COMPREPLY=()
    while IFS= read -r candidate; do
        [[ -n $candidate && $candidate == "${words[-1]}"* ]] && COMPREPLY+=("$(_tutti_quote "${candidate:cut}")")
    done <<<"$("${COMP_WORDS[0]}" complete -- "${words[@]:1}" 2>/dev/null)"
}

complete -o default -F _tutti tutti
