// The completion script for bash, 3.2 and later.

import { type CommandShape, quoted, type ValueShape, wholeName } from "./shape.js";

export function bashScript(commands: readonly CommandShape[]): string {
  return `# Completes drum's command line in bash. Add to ~/.bashrc: source <(drum completion bash)
_drum() {
    local current option="" command=drum action=words list="" word at words=()
    # Bash splits --option=value and LANGUAGE=NAME at the =.
    for ((at = 0; at <= COMP_CWORD; at++)); do
        word=\${COMP_WORDS[at]}
        if ((at > 1)) && [[ $word == "=" || \${COMP_WORDS[at - 1]} == "=" ]]; then
            words[\${#words[@]} - 1]+=$word
        else
            words+=("$word")
        fi
    done
    current=\${words[\${#words[@]} - 1]}
    for word in "\${words[@]:1:\${#words[@]} - 2}"; do
        case "$command $word" in
            ${cases(commands.filter(({ path }) => path.length > 0).map(wholeName))}) command="$command $word" ;;
        esac
    done
    if [[ $current == --*=* ]]; then
        option=\${current%%=*}
        current=\${current#*=}
    elif ((\${#words[@]} > 1)); then
        option=\${words[\${#words[@]} - 2]}
        [[ $option == -cd ]] && option=--code-dir
    fi
    case "$command $option" in
${valueCases(commands)}
        *) option="" ;;
    esac
    if [[ -z $option ]]; then
        case "$command" in
${commands.map(wordCase).join("\n")}
        esac
    fi
    local IFS=$'\\n'
    case $action in
        files) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$current")) ;;
        folders) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$current")) ;;
        words) COMPREPLY=($(IFS=' ' compgen -W "$list" -- "$current")) ;;
    esac
    # If bash splits at =, it replaces only the text after the last =.
    if [[ $COMP_WORDBREAKS == *=* ]]; then
        COMPREPLY=("\${COMPREPLY[@]#"\${current%"\${current##*=}"}"}")
    elif [[ \${COMP_WORDS[COMP_CWORD]} == --*=* ]]; then
        COMPREPLY=("\${COMPREPLY[@]/#/$option=}")
    fi
}
complete -F _drum drum
`;
}

/** One branch for all options that complete the same values. */
function valueCases(commands: readonly CommandShape[]): string {
  const branches = new Map<string, string[]>();
  for (const command of commands) {
    for (const { name, value } of command.options) {
      if (value === "none") continue;
      const action = actionOf(value);
      branches.set(action, [...(branches.get(action) ?? []), `${wholeName(command)} --${name}`]);
    }
  }
  return [...branches].map(([action, names]) => `        ${cases(names)}) ${action} ;;`).join("\n");
}

function actionOf(value: ValueShape): string {
  if (value === "any") return "action=none";
  return typeof value === "string" ? `action=${value}` : `list=${quoted(value.join(" "))}`;
}

/** Completes a word that is not an option's value: options after a dash, otherwise subcommands and arguments. */
function wordCase(command: CommandShape): string {
  const options = command.options.map(({ name }) => `--${name}`).join(" ");
  const words = [...command.commands.map(({ name }) => name), ...command.choices].join(" ");
  const list = words
    ? `if [[ $current == -* ]]; then list=${quoted(options)}; else list=${quoted(words)}; fi`
    : `list=${quoted(options)}`;
  return `            ${quoted(wholeName(command))}) ${list} ;;`;
}

function cases(names: readonly string[]): string {
  return names.map(quoted).join(" | ");
}
