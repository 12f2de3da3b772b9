import type { Command } from 'commander'

/** `liggare answer`: the whole way of one request on the command line. */
export function answerCommand(program: Command): void {
  program
    .command('answer')
    .description(
      'answer a request for access (art. 15): finds the person, opens a case, writes the answer as PDF, HTML, JSON and ActivityStreams with a manifest and proofs',
    )
    .requiredOption('--controller <slug>', 'the controller that is asked')
    .option(
      '--person <file>',
      'JSON with the identifiers, - for standard input: [{"platform":"facebook","platformId":"…"},{"handle":"…"},{"email":"…"},{"displayName":"…"},{"profileUrl":"…"}]. Never as arguments: a process list is read by everybody.',
    )
    .option('--case <id>', 'the answer of an existing case again, instead of --person')
    .requiredOption(
      '--purpose <text>',
      'why the data are looked at, as the log and the person get to know it',
    )
    .requiredOption('--out <dir>', 'directory to write to; made if it is not there')
    .option('--language <language>', 'sv or en', 'sv')
    .option(
      '--assurance <assurance>',
      'how the account is known to be theirs: code, eid or judgement',
      'judgement',
    )
    .option('--received <day>', 'the day the request came in (YYYY-MM-DD); today without')
    .option('--link <subject...>', 'ids of proposed persons that were found to be the same')
    .option('--link-none', 'none of the proposed persons is the same')
    .option('--actor <id>', 'who answers: an id, not a name', 'liggare answer')
    .option('--json', 'report as JSON')
    .action(async (options: object) => {
      const { answerPerson } = await import('./answer-run.ts')
      await answerPerson(options)
    })
}
