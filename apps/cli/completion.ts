/** `daybook completion bash|zsh|fish`: a script for the shell, made from the commands that there are. */
import { Argument, type Command, type Option } from 'commander'
import { example } from './command.ts'
import type { Terminal } from './terminal.ts'

export const shells = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof shells)[number]

export const completionCommand = (program: Command, terminal: Terminal): void => {
  const command = program
    .command('completion')
    .description('Write a completion script for a shell')
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .action((shell: Shell) => terminal.out(scriptFor(shell, linesOf(program))))
  example(command, terminal, 'completion bash > ~/.local/share/bash-completion/completions/daybook')
}

/** One place on the command line, what may follow there, and what each option takes. */
interface Line {
  /** The words before: `orders place`; none for the program itself. */
  readonly path: string
  readonly words: readonly Word[]
}
interface Word {
  readonly word: string
  /** `-o` of `--output`. */
  readonly short?: string
  readonly says: string
  /** The values that it can have, where they are known. */
  readonly choices: readonly string[]
  readonly takesValue: boolean
}

const linesOf = (command: Command, path: readonly string[] = []): readonly Line[] => [
  {
    path: path.join(' '),
    words: [...command.commands.map(wordOfCommand), ...visible(command).map(wordOfOption)],
  },
  ...command.commands.flatMap((each) => linesOf(each, [...path, each.name()])),
]
const visible = (command: Command): readonly Option[] =>
  command.createHelp().visibleOptions(command)
const wordOfCommand = (command: Command): Word => ({
  word: command.name(),
  says: command.description(),
  choices: [],
  takesValue: false,
})
const wordOfOption = (option: Option): Word => ({
  word: option.long ?? option.flags,
  ...(option.short === undefined ? {} : { short: option.short }),
  says: option.description,
  choices: option.argChoices ?? [],
  takesValue: option.required || option.optional,
})

const scriptFor = (shell: Shell, lines: readonly Line[]): string => {
  switch (shell) {
    case 'bash':
      return bash(lines)
    case 'zsh':
      return `#compdef daybook\nautoload -U +X bashcompinit && bashcompinit\n${bash(lines)}`
    case 'fish':
      return fish(lines)
  }
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** The words before the one being typed, without options, their values and names, lead to what may follow. */
const bash = (lines: readonly Line[]): string => {
  const byPath = lines.map(
    ({ path, words }) =>
      `    ${quoted(path)}) words=${quoted(words.map(({ word }) => word).join(' '))} ;;`,
  )
  const values = lines.flatMap(({ path, words }) =>
    words
      .filter(({ choices }) => choices.length > 0)
      .map((each) => {
        const places = namesOf(each).map((name) => quoted(`${path} ${name}`))
        return `    ${places.join('|')}) words=${quoted(each.choices.join(' '))} ;;`
      }),
  )
  const valued = lines.flatMap(({ words }) => words.filter(({ takesValue }) => takesValue))
  const taking = [...new Set(valued.flatMap(namesOf))]
  const paths = lines.flatMap(({ path }) => (path === '' ? [] : [quoted(path)]))
  return `_daybook() {
  local word next path= words= skip=
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [ -n "$skip" ]; then skip=; continue; fi
    case "$word" in
      ${taking.join('|')}) skip=1 ;;
      -*) ;;
      *)
        next="\${path:+$path }$word"
        case "$next" in ${paths.join('|')}) path="$next" ;; esac ;;
    esac
  done
  if [ -n "$skip" ]; then
    case "$path \${COMP_WORDS[COMP_CWORD-1]}" in
${values.join('\n')}
    *) return ;;
    esac
  else
    case "$path" in
${byPath.join('\n')}
    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}")
}
complete -o default -F _daybook daybook
`
}
const namesOf = ({ word, short }: Word): readonly string[] =>
  short === undefined ? [word] : [word, short]

const fish = (lines: readonly Line[]): string => {
  const rules = lines.flatMap(({ path, words }) => {
    const there = `__daybook_at ${quoted(path)}`
    return words.map(({ word, says, choices, takesValue }) => {
      const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`
      const value = !takesValue
        ? ''
        : choices.length > 0
          ? ` -x -a ${quoted(choices.join(' '))}`
          : ' -r'
      return `complete -c daybook -n ${quoted(there)} ${what}${value} -d ${quoted(says)}`
    })
  })
  return `function __daybook_at
  set -l path
  for word in (commandline -opc)[2..]
    string match -q -- '-*' $word; or set -a path $word
  end
  test "$path" = "$argv[1]"
end
complete -c daybook -f
${rules.join('\n')}
`
}
