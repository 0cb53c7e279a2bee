# Sorts what the mail system stores: system quarantine, recipient's quarantine, archive, else the mailbox.
require ["body", "envelope", "fileinto", "mailbox"];

if body :raw :contains "X-TEST-VIRUS-MARKER-STANDARD-TEST-MESSAGE" {
  fileinto :create "System-Quarantine/virus";
  stop;
}
if body :raw :contains "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X" {
  fileinto :create "Quarantine/spam";
  stop;
}
if envelope :domain "to" "archive.invalid" {
  fileinto :create "Archive/kept";
  stop;
}
