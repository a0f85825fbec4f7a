// Who may do what on Windows, as security descriptors. etc/attack-surface.md says why, and has the same lines; tests/check_access.py compares
// the two. SY is the service itself (LocalSystem), BA administrators that are elevated, BU users, IU who is logged on here.
#pragma once

namespace rm::access {

/// The service object. Users: look at configuration and state. Not start, stop, pause, reconfigure, delete.
constexpr char service_object[] = "D:(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;SY)(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;BA)(A;;CCLCSWLORC;;;IU)(A;;CCLCSWLORC;;;SU)";

/// The pipe; whoever runs the service by hand is added with everything. Users: read and write, but not put up a pipe of that name.
constexpr char pipe[] = "D:P(A;;GA;;;SY)(A;;GA;;;BA)(A;;0x12019b;;;IU)";

/// The programs. Users: read and run.
constexpr char program_folder[] = "O:BAG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)";
/// What holds the folders below. Users: look.
constexpr char root_folder[] = "O:BAG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;;0x1200a9;;;BU)";
/// The configuration. Users: read.
constexpr char config_folder[] = "O:BAG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)";
/// The keys of the logins, and the database. Users: nothing.
constexpr char secrets_folder[] = "O:BAG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)";
constexpr char data_folder[] = "O:BAG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)";
/// The service's log. Users: read, not delete.
constexpr char logs_folder[] = "O:BAG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)";

} // namespace rm::access
