"""Completion scripts for bash, zsh, fish and PowerShell.

Each script only asks the program (``__complete``) what may come next and hands the answer to its shell, so a new command needs
no new script. The program's name is the one thing that is filled in.
"""

from __future__ import annotations

SHELLS = ("bash", "fish", "powershell", "zsh")
"""The shells there is a script for."""


def script(shell: str, program: str, *, describe: bool = True) -> str:
    """Return the completion script of a program for one of :data:`SHELLS`.

    ``describe`` False leaves out the words that explain each candidate.
    """
    text = _SCRIPTS[shell].replace("@PROGRAM@", program)
    return text.replace("@COMMAND@", "__complete" if describe else "__completeNoDesc")


# bash splits words at "=" and ":" (COMP_WORDBREAKS), so the line is split again at blanks, and what bash already holds of the
# word is cut off each candidate. Descriptions are shown only when several candidates are listed.
_BASH = r"""# bash completion for @PROGRAM@
__@PROGRAM@_complete() {
    local typed="${COMP_LINE:0:COMP_POINT}" line directive=0 word held="" width=0
    local -a words candidates=() texts=()
    read -r -a words <<<"$typed"
    [[ "$typed" == *[[:space:]] ]] && words+=("")
    word="${words[${#words[@]} - 1]}"
    while IFS= read -r line; do
        if [[ "$line" =~ ^:([0-9]+)$ ]]; then
            directive="${BASH_REMATCH[1]}"
        else
            candidates+=("$line")
        fi
    done < <("${words[0]}" @COMMAND@ "${words[@]:1}" 2>/dev/null)
    COMPREPLY=()
    [[ "$word" == -*=* ]] && held="${word%%=*}="
    local candidate value rest
    for candidate in "${candidates[@]}"; do
        value="${candidate%%$'\t'*}"
        [[ "$held$value" == "$word"* ]] || continue
        COMPREPLY+=("$value")
        texts+=("${candidate#"$value"}")
        ((${#value} > width)) && width=${#value}
    done
    if ((${#COMPREPLY[@]} == 0)); then
        ((directive & 4)) && compopt +o default
        return
    fi
    if [[ -z "$held" && "$word" == *:* && "$COMP_WORDBREAKS" == *:* ]]; then
        rest="${word%"${word##*:}"}"
        COMPREPLY=("${COMPREPLY[@]#"$rest"}")
    fi
    if ((${#COMPREPLY[@]} > 1)); then
        local index
        for index in "${!COMPREPLY[@]}"; do
            [[ -n "${texts[index]}" && "$COMP_TYPE" == 63 ]] || continue
            printf -v "COMPREPLY[$index]" '%-*s  (%s)' "$width" "${COMPREPLY[index]}" "${texts[index]#$'\t'}"
        done
    fi
}
complete -o default -F __@PROGRAM@_complete @PROGRAM@
"""

_ZSH = r"""#compdef @PROGRAM@
# zsh completion for @PROGRAM@
_@PROGRAM@() {
    local line directive=0 prefix=""
    local -a lines candidates
    lines=("${(@f)$("${words[1]}" @COMMAND@ "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    for line in "${lines[@]}"; do
        if [[ "$line" == :<-> ]]; then
            directive="${line#:}"
        elif [[ -n "$line" ]]; then
            line="${line//:/\\:}"
            candidates+=("${line/$'\t'/:}")
        fi
    done
    if [[ "${words[CURRENT]}" == -*=* ]]; then
        compset -P '*='
    fi
    if (( ${#candidates} )); then
        _describe -V 'completions' candidates
    elif (( ! (directive & 4) )); then
        _files
    fi
}
if [[ "${funcstack[1]}" == "_@PROGRAM@" ]]; then
    _@PROGRAM@ "$@"
else
    compdef _@PROGRAM@ @PROGRAM@
fi
"""

_FISH = r"""# fish completion for @PROGRAM@
function __@PROGRAM@_ask
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($words[1] @COMMAND@ $words[2..-1] "$current" 2>/dev/null)
    set -l prefix (string match -r -- '^-.*?=' "$current")
    for line in $lines[1..-2]
        printf '%s%s\n' "$prefix" $line
    end
    if test (count $lines) -eq 1; and test "$lines[1]" = ':0'
        __fish_complete_path "$current"
    end
end
complete -c @PROGRAM@ -e
complete -c @PROGRAM@ -f -a '(__@PROGRAM@_ask)'
"""

# The line is cut at the cursor. Before 7.3, and in its legacy mode, PowerShell hands on an empty argument only in quotes; an
# empty answer keeps it from offering files.
_POWERSHELL = r"""# PowerShell completion for @PROGRAM@
Register-ArgumentCompleter -Native -CommandName '@PROGRAM@' -ScriptBlock {
    param($WordToComplete, $CommandAst, $CursorPosition)
    $words = @($CommandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object {
        $length = $CursorPosition - $_.Extent.StartOffset
        if ($length -gt 0) { "$_".Substring(0, [Math]::Min($length, "$_".Length)) }
    })
    $typed = ''
    if ($WordToComplete -ne '' -and $words.Count -gt 0) {
        $typed = $words[-1]
    } elseif ($PSVersionTable.PSVersion -lt [version]'7.3' -or "$PSNativeCommandArgumentPassing" -eq 'Legacy') {
        $words += '""'
    } else {
        $words += ''
    }
    $program = $CommandAst.GetCommandName()
    $lines = @(& $program @COMMAND@ @words 2>$null)
    $held = if ($typed -match '^(-[^=]*=)') { $Matches[1] } else { '' }
    $directive = 0
    $found = @(foreach ($line in $lines) {
        if ($line -match '^:(\d+)$') {
            $directive = [int]$Matches[1]
            continue
        }
        $value, $text = $line -split "`t", 2
        if (-not $text) { $text = $value }
        if ("$held$value".StartsWith($typed)) {
            [System.Management.Automation.CompletionResult]::new("$held$value", $value, 'ParameterValue', $text)
        }
    })
    if ($found.Count -gt 0) {
        $found
    } elseif ($directive -band 4) {
        ''
    }
}
"""

_SCRIPTS = {"bash": _BASH, "fish": _FISH, "powershell": _POWERSHELL, "zsh": _ZSH}
