# A sample of the stack «perl»: it counts visits in the companion «sessions», if it has one.
use strict;
use warnings;
use IO::Socket::INET;

sub visits {
    my $socket = IO::Socket::INET->new(PeerAddr => $ENV{SESSIONS}, Timeout => 3) or return 'unknown';
    print {$socket} "add visits 0 0 1\r\n0\r\nincr visits 1\r\n";
    my @said = map { scalar <$socket> } 1 .. 2;
    $said[1] =~ s/\s+\z//;
    return $said[1];
}

my $app = sub {
    my $seen = $ENV{SESSIONS} && shift->{PATH_INFO} eq '/visits' ? visits() : 'none';
    return [200, ['Content-Type' => 'text/plain'], ["hello, visits: $seen\n"]];
};
