# SPDX-License-Identifier: GPL-2.0-only
# What the guest sent (tests/mutants/guest), held against what was expected:
#   jq -rs --rawfile expected expected.tab -f judge.jq
# prints a line for each test: its outcome (ok, not ok, skip), its kind, its
# name, a remark; with tabs between.

# The name of each case with its verdict: what a run came to.
def verdicts: [.report.cases[]? | [.id, .verdict]];

def found($pair; $verdicts):
  ($pair | index("=")) as $at
  | $pair[:$at] as $id | $pair[$at + 1:] as $text
  | [.report.cases[]?
     | select(any(.guarantees[];
	 .id == $id and (.verdict | IN($verdicts[]))
	 and (.deviation == $text or (.detail | contains($text)))))]
  | length;

# How each kind of row must end.
def rules: {
  killed: {status: 1, verdicts: ["violated"], strikes: true},
  disbelieved: {status: 3, verdicts: ["not-judged"], strikes: null},
  unseen: {status: 0, verdicts: ["held", "recorded"], strikes: true},
  same: {status: 0, verdicts: ["held", "recorded"], strikes: false}
};

# What speaks against the run, as a list.
def complaints($row; $clean):
  rules[$row.kind] as $rule
  | . as $run
  | [.report.cases[]? | select(.verdict == "violated") | .type] as $broken
  | [
      if .status == $rule.status then empty
      else "exit status \(.status), not \($rule.status)" end,
      if .report then empty else "no report" end,
      if $rule.strikes == null or $rule.strikes == (.struck > 0) then empty
      else "the mutant struck \(.struck) times" end,
      ($row.shows[] | select(. as $pair | $run | found($pair; $rule.verdicts) == 0)
       | "no case shows \(.)"),
      # A mutant of one thing must leave the others alone.
      if ($broken | unique | length) > 1 then "it broke more than it should"
      else empty end,
      if $row.kind | IN("killed", "disbelieved") then empty
      elif verdicts - $clean == [] then empty
      else "other verdicts than without it" end
    ];

def remark($row):
  . as $run
  | ([.report.cases[]? | select(.type == "poison")] | length) as $poison
  | ([.report.cases[]? | select(.type != "poison")] | length) as $others
  | if $row.kind | IN("killed", "disbelieved") then
      [$row.shows[] | . as $pair
       | "\(.) in \($run | found($pair; rules[$row.kind].verdicts))"]
      | join(", ")
      | . + "; \($poison) cases inject, \($others) only try"
    else $row.why end;

def row_line($runs; $clean):
  . as $row
  | "\(.mutant) \(.unit)" as $name
  | ([$runs[] | select(.mutant == $row.mutant and
		       ((.unit == $row.unit and (.series | not)) or .refused))]
     | first) as $run
  | if $run == null then ["not ok", .kind, $name, "there is no result"]
    elif $run.refused then ["skip", .kind, $name, $run.refused]
    else ($run | complaints($row; $clean)) as $wrong
      | if $wrong == [] then ["ok", .kind, $name, ($run | remark($row))]
	else ["not ok", .kind, $name, ($wrong | join("; "))] end
    end;

# In series the same must be seen as one by one, and seen to have been a series
# until the mutant struck. Contents are compared after the last injection: a page
# that has changed counts against each case that maps it.
def series_line($runs):
  . as $row
  | "\(.mutant) \(.unit)" as $name
  | ([$runs[] | select(.mutant == $row.mutant and
		       ((.unit == $row.unit and .series) or .refused))] | first)
  | if . == null then ["not ok", "series", $name, "there is no result"]
    elif .refused then ["skip", "series", $name, .refused]
    else [
	if .series.status == .singles.status then empty
	else "exit status \(.series.status), one by one \(.singles.status)" end,
	if .series.status == (if .series.counts | contains("violated") then 1
			      else 0 end) then empty
	else "exit status \(.series.status) of \(.series.counts)" end,
	if .series.counts == .singles.counts then empty
	elif $row.mutant == "neighbour-data" and
	     ([.series.counts, .singles.counts | contains("violated")] | all)
	then empty
	else "\(.series.counts), one by one \(.singles.counts)" end,
	if .series.struck == .singles.struck then empty
	else "struck \(.series.struck) times, one by one \(.singles.struck)" end,
	if .series.alike > 3 and .singles.alike == 0 then empty
	else "\(.series.alike) in a row, one by one \(.singles.alike)" end
      ] as $wrong
      | if $wrong == [] then
	  ["ok", "series", $name, "\(.series.alike) in a row; \(.series.counts)"]
	else ["not ok", "series", $name, ($wrong | join("; "))] end
    end;

# After each mutant the kernel must be as before, or the next says nothing.
def clean_line($when; $runs; $before):
  ([$runs[] | select(.mutant == "clean" and .unit == $when)] | first)
  | if . == null then ["not ok", "clean", $when, "there is no result"]
  elif .status != 0 or .report == null then
    ["not ok", "clean", $when, "exit status \(.status)"]
  elif verdicts != $before then
    ["not ok", "clean", $when, "other verdicts than the first time"]
  elif .report.summary.cases.held == 0 then
    ["not ok", "clean", $when, "nothing was held"]
  else ["ok", "clean", $when, "\(.report.summary.cases.held) of \(.report.summary.planned) cases held"] end;

. as $runs
| [$expected | split("\n")[] | select(. != "" and (startswith("#") | not))
   | split("\t")
   | {mutant: .[0], unit: .[1], kind: .[2],
      shows: (if .[3] == "-" then [] else .[3] | split(", ") end),
      why: .[4]}] as $rows
| ([$runs[] | select(.mutant == "clean")] | first // {} | verdicts) as $clean
| (reduce $rows[].mutant as $m ([]; if index($m) then . else . + [$m] end))
  as $mutants
| clean_line("before any mutant"; $runs; $clean),
  ($mutants[] as $mutant
   | ($rows[] | select(.mutant == $mutant) | row_line($runs; $clean)),
     ($rows[] | select(.mutant == $mutant and .unit != "1G")
      | series_line($runs)),
     clean_line("after \($mutant)"; $runs; $clean))
| join("\t")
